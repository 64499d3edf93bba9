"""Files of NumPy arrays that can always be made anew: written whole or not at all, and known by a stamp."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np


def write_arrays(path: Path, stamp: str, arrays: Mapping[str, np.ndarray], **numbers: int) -> None:
    """Write ``arrays`` and ``numbers`` to ``path`` under a temporary name, then rename.

    Raises ``OSError`` when the folder cannot be written or the disk is full; ``path`` is then as it was.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, stamp=np.array(stamp), **arrays, **numbers)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path: Path, stamp: str | None) -> dict[str, np.ndarray] | None:
    """What ``write_arrays`` wrote, or ``None`` if it is missing, damaged or bears another stamp.

    With ``None`` for a stamp, any will do. Damage is seen by the checksum that the format keeps for every array.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            if stamp is not None and str(file["stamp"]) != stamp:
                return None
            return {name: file[name] for name in file.files if name != "stamp"}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
