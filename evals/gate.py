"""The figures that our own test cases must reach, kept in pyproject.toml and only ever raised."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from evals.errors import BelowThreshold, EvaluationError
from evals.provenance import ROOT
from evals.summary import FIGURES, LABELS, Summary

PYPROJECT = ROOT / "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """``least``: figures that may not be lower; ``most``: figures that may not be higher."""

    least: dict[str, float]
    most: dict[str, float]


def thresholds(path: Path = PYPROJECT) -> Thresholds:
    """The tables [tool.policyqa.gate.least] and [tool.policyqa.gate.most].

    Raises ``EvaluationError`` if there is none, or if one names a figure that no summary has.
    """
    try:
        gate = tomllib.loads(path.read_text(encoding="utf-8"))["tool"]["policyqa"]["gate"]
        found = Thresholds(dict(gate.get("least", {})), dict(gate.get("most", {})))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise EvaluationError(
            f"{path} has no table [tool.policyqa.gate] ({error!r}); write the thresholds there",
            f"{path} 中没有 [tool.policyqa.gate] 表，请在其中写明门槛",
        ) from error
    unknown = sorted({*found.least, *found.most} - {*LABELS, *FIGURES})
    if unknown:
        raise EvaluationError(
            f"{path} sets a threshold for {', '.join(unknown)}, which nothing measures; mend or remove it",
            f"{path} 为 {'、'.join(unknown)} 设了门槛，但没有这项指标，请改正或删除",
        )
    return found


def check(found: Summary, limits: Thresholds) -> None:
    """Nothing if every figure is within its threshold, else ``BelowThreshold`` naming each that is not.

    A figure that has a threshold and was not measured is not within it.
    """
    missed = [
        f"{name} {_written(value)} < {least}"
        for name, least in limits.least.items()
        if (value := found.value(name)) is None or value < least
    ]
    missed += [
        f"{name} {_written(value)} > {most}"
        for name, most in limits.most.items()
        if (value := found.value(name)) is None or value > most
    ]
    if missed:
        listed = "; ".join(missed)
        raise BelowThreshold(
            f"the gate is not passed: {listed}; mend what made it worse, the thresholds only ever rise",
            f"未达到门槛：{'；'.join(missed)}。请修复导致变差的改动，门槛只升不降",
        )


def _written(value: float | None) -> str:
    return "?" if value is None else f"{value:.4f}"
