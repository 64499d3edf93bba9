"""Nothing calls home: the telemetry, analytics and model look-ups of every library underneath are off."""

from __future__ import annotations

import os

QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "TOKENIZERS_PARALLELISM": "false",
}
"""What the libraries read when they are imported, hence set by ``import assistant`` before any of them is."""


def quiet() -> None:
    """Switch off whatever would call home, unless the user has set it."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
