"""Where a figure comes from: the data, the code, the versions, the commit and the machine."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from evals.types import Question, Source
from index.metadata import SIDECAR

ROOT = Path(__file__).parent.parent

_NAMED = ("torch", "sentence-transformers", "transformers", "faiss-cpu", "bm25s", "langchain-core", "numpy")


def data_hash(data: Iterable[Source | Question]) -> str:
    """Twelve hexadecimal digits of the SHA-256 of sources or questions, and of the files they point to.

    Where a file lies makes no difference, only its name.
    """
    digest = hashlib.sha256()
    for each in data:
        if isinstance(each, Source) and each.path:
            path = Path(each.path)
            for file in (path, path.with_name(path.name + SIDECAR)):
                digest.update(file.read_bytes() if file.is_file() else b"")
            each = replace(each, path=path.name)
        digest.update(repr(each).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:12]


def index_hash(encoder: str) -> str:
    """Twelve digits of the hash of what makes a library: the code of ``index`` and the encoder's name."""
    return _hash((ROOT / "index",), encoder)


def code_hash(encoder: str) -> str:
    """Twelve digits of the hash of what makes an answer and its scores: all code, prompts and word lists."""
    return _hash((ROOT / "index", ROOT / "assistant", ROOT / "evals", ROOT / "prompts"), encoder)


def commit() -> str:
    """The commit that is checked out, with "+" if files differ from it; empty outside a checkout."""
    head = _git("rev-parse", "--short=12", "HEAD")
    return head + "+" if head and _git("status", "--porcelain", "--untracked-files=no") else head


def versions() -> dict[str, str]:
    """The versions of Python, of this project and of the libraries that the figures depend on."""
    found = {"python": platform.python_version()}
    for name in ("policy-assistant", *_NAMED):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def machine() -> str:
    """The processor, its cores that this process may use, and the operating system."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {platform.system()} {platform.release()}"


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _hash(folders: Iterable[Path], encoder: str) -> str:
    digest = hashlib.sha256(encoder.encode())
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in (".py", ".md", ".txt", ".toml", ".json", ".npz", ".tsv"):
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _git(*words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603, the words are ours
            ("git", *words),  # noqa: S607, whichever git is installed
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
