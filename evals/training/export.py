"""From checkpoints to the file that ships: ``python -m evals.training.export``.

The weights that ship are the mean of those at the end of the rounds (Izmailov et al., "Averaging Weights Leads to
Wider Optima and Better Generalization", 2018): each round ends elsewhere in the same valley, their mean near its
middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from assistant.reader.weights import FILE, HEADS
from assistant.settings import settings
from evals.training.network import named
from evals.training.train import checkpoint
from index import changes, model


def mean(paths: Sequence[Path]) -> dict[str, npt.NDArray[np.float32]]:
    """The mean of the weights of several checkpoints, by their names in the bundled file."""
    total: dict[str, npt.NDArray[np.float32]] = {}
    for path in paths:
        for name, values in load_file(path).items():
            if name.startswith("weights."):
                own = named(name.removeprefix("weights."))
                total[own] = total.get(own, np.float32(0)) + values.astype(np.float32) / np.float32(len(paths))
    return total


def write(
    checkpoints: Sequence[Path], to: Path, out: int | None, sets: Sequence[str] = (), temperature: float = 1.0
) -> None:
    """Write what training without the fold ``out`` changed, in 4 bits, and its checksum into the card.

    The logits of the heads are divided by ``temperature`` (Guo et al., "On Calibration of Modern Neural Networks", 2017).
    ``out`` is ``None`` of a training that has seen none of the sets; ``sets`` names those that it holds for, if not all.
    """
    trained = mean(checkpoints)
    for name in trained.keys() & {f"{HEADS}.w", f"{HEADS}.b"}:
        trained[name] = trained[name] / np.float32(temperature)
    changed = changes.shrink(model.read_weights(model.weights_file()), trained)
    changes.write(to, changed, fold=out, **({"sets": list(sets)} if sets else {}))


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="where the checkpoints lie")
@click.option("--fold", "out", default=0, help="which fold it was trained without")
@click.option("--round", "rounds", default=[0], multiple=True, help="a round of training; several are averaged")
@click.option("--to", type=click.Path(path_type=Path), default=FILE, help="the file to be written")
@click.option(
    "--temperature", default=1.0, help="what the logits are divided by: above 1 for a reader that is too sure"
)
def main(home: Path | None, out: int, rounds: Sequence[int], to: Path, temperature: float) -> None:
    """Write the mean of the rounds' weights."""
    folder = settings(home=home).home
    write([checkpoint(folder, out, round_) for round_ in rounds], to, out, temperature=temperature)
    click.echo(f"{to}: {to.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
