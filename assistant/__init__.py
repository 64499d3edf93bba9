"""Questions and answers over policy documents: ``Assistant.open()``, then ``ask``.

Importing this package is light: models, the page and LangChain are loaded by what uses them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant import offline
from assistant.types import Answer, Citation, Statement, Turn
from index.types import Filters

if TYPE_CHECKING:
    from assistant.assistant import Assistant

__all__ = ["Answer", "Assistant", "Citation", "Filters", "Statement", "Turn"]

offline.quiet()


def __getattr__(name: str) -> object:
    """``Assistant``, loaded when first asked for, so that importing the nouns costs nothing."""
    if name == "Assistant":
        from assistant.assistant import Assistant

        return Assistant
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
