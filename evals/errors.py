"""The deliberate errors of the evaluation suite.

PolicyError
└── EvaluationError
    ├── MissingSet           the folder or file of a question set is not there
    ├── MalformedSet         a file of a question set is not what its layout says
    ├── UnknownSet           no reader has that name
    ├── ReportDamaged        a report cannot be read
    ├── BelowThreshold       the gate: a figure is lower than it may be
    ├── CheckpointOfAnother  a training would go on from the checkpoint of another one
    └── SeenByTraining       no question can be told to be unseen by the weights in use
"""

from __future__ import annotations

from index.errors import PolicyError


class EvaluationError(PolicyError):
    """Something about an evaluation that its caller can put right."""


class MissingSet(EvaluationError):
    """A question set's folder or one of its files is missing."""


class MalformedSet(EvaluationError):
    """A line of a question set is not what the set's layout says."""


class UnknownSet(EvaluationError):
    """No question set, part or baseline has that name."""


class ReportDamaged(EvaluationError):
    """A file is not a report of this suite."""


class CheckpointOfAnother(EvaluationError):
    """A checkpoint is of a training on other samples, or after another one."""


class SeenByTraining(EvaluationError):
    """The weights in use do not say which fold they have not seen, have seen it, or have not seen different ones."""


class BelowThreshold(EvaluationError):
    """A measured figure is below the threshold that pyproject.toml keeps for it."""
