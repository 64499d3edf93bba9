"""Learn the weights of ``assistant.dialogue.restoration``: ``python -m evals.restoration REWRITE_FOLDER NCP_FOLDER``.

Learnt on a part of that half of the rewrite set whose line number's SHA-256 begins with an even byte (the other
half is only reported on), and on standalone questions, behind turns they have nothing to do with, that must stay as
they are: those of our own development cases and of ncp. Each dialogue's candidates are a choice, whose right answers
are those of the highest ROUGE-L (a softmax, fitted by L-BFGS). Takes about a minute of one core and 2 GB.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import optimize, sparse  # type: ignore[import-untyped]

from assistant.dialogue import restoration
from evals.metrics import rouge_l
from evals.sets import own

OUTPUT = Path(restoration.__file__).parents[1] / "lexicon" / "restoration.tsv"
DIALOGUES, QUESTIONS = 1_000, 500
LEAST = 8
"""Dialogues in which a feature must stand."""
SMALLEST = 0.1
"""Weights below it are left out."""
SHARPNESS = 40.0
DECAY = 0.0005
STEPS = 60


class Example(NamedTuple):
    """Two utterances, a question, and what it stands for."""

    utterances: tuple[str, str]
    question: str
    whole: str


def dialogues(folder: Path) -> list[Example]:
    """The half of the set that is learnt from, shuffled."""
    lines = (folder / "rewrite.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for place, line in enumerate(lines) if is_learnt_from(place)]
    random.Random(3).shuffle(rows)  # noqa: S311
    return [Example(tuple(row["history"]), row["question"], row["rewritten"]) for row in rows]


def is_learnt_from(place: int) -> bool:
    """Whether the dialogue on the line ``place`` (from 0) is of the half that is learnt from."""
    return hashlib.sha256(str(place).encode()).digest()[0] % 2 == 0


def standalone(folder: Path) -> list[Example]:
    """Questions that need nothing, each behind another and a sentence of our documents."""
    rng = random.Random(5)  # noqa: S311
    lines = (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line)["question"] for line in lines]
    rng.shuffle(asked)
    cases = [json.loads(line) for line in (own.CASES / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    cases = [case for case in cases if case["kind"] not in ("followup", "injection", "english")]
    told = [sentence for case in cases for sentence in case["evidence"]]
    ours = [case["question"] for case in cases] * 2
    found = [(question, rng.choice(asked)) for question in asked[:QUESTIONS]]
    found += [(question, rng.choice(ours)) for question in ours]
    return [Example((before, rng.choice(told)), question, question) for question, before in found]


def candidates(example: Example) -> tuple[list[tuple[str, ...]], list[float]]:
    """The features of each candidate of an example, the question itself first, and its ROUGE-L."""
    words = restoration.tagged(example.question)
    edits = list(restoration.places(words))
    features = [tuple(restoration.nothing(words, example.utterances))]
    gains = [rouge_l(example.question, example.whole)]
    for phrase in restoration.phrases(example.utterances, example.question):
        for edit in edits:
            features.append(phrase.features + edit.features + tuple(restoration.crosses(phrase, edit)))
            gains.append(rouge_l(restoration.applied(example.question, phrase, edit), example.whole))
    return features, gains


def learn(examples: Sequence[Example]) -> dict[str, float]:
    """The weights of the features of ``examples``."""
    found = [candidates(example) for example in examples]
    counted = Counter(one for features, _ in found for one in {name for row in features for name in row})
    numbers = {name: number for number, (name, times) in enumerate(counted.most_common()) if times >= LEAST}
    rows = [[numbers[name] for name in row if name in numbers] for features, _ in found for row in features]
    ends = np.cumsum([0, *map(len, rows)])
    flat = np.fromiter((number for row in rows for number in row), dtype=np.int32)
    matrix = sparse.csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(numbers)))
    starts = np.cumsum([0, *(len(gains) for _, gains in found)])[:-1]
    owner = np.repeat(np.arange(len(found)), [len(gains) for _, gains in found])
    gains = np.array([gain for _, each in found for gain in each])
    wanted = np.exp(SHARPNESS * (gains - np.maximum.reduceat(gains, starts)[owner]))
    wanted /= np.add.reduceat(wanted, starts)[owner]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        scores -= np.maximum.reduceat(scores, starts)[owner]
        scores -= np.log(np.add.reduceat(np.exp(scores), starts))[owner]
        slope = matrix.T @ (np.exp(scores) - wanted) / len(found)
        return float(-(wanted @ scores) / len(found) + DECAY / 2 * weights @ weights), slope + DECAY * weights

    result = optimize.minimize(
        loss, np.zeros(len(numbers)), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}
    )
    return {name: float(result.x[number]) for name, number in numbers.items()}


def main(rewrite: Path, ncp: Path) -> None:
    """Learn the weights and write them where the assistant reads them."""
    weights = learn(dialogues(rewrite)[:DIALOGUES] + standalone(ncp))
    rows = sorted((name, weight) for name, weight in weights.items() if abs(weight) >= SMALLEST)
    head = "# The weights of assistant.dialogue.restoration, learnt by evals/restoration.py; feature, weight.\n"
    OUTPUT.write_text(head + "".join(f"{name}\t{weight:.2f}\n" for name, weight in rows), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
