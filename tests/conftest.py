"""What many tests share: an encoder that needs no model, a real assistant, and a guard against the network."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from assistant import Assistant
from index.embed import Passage
from index.library import Library

DOCUMENTS = Path(__file__).parents[1] / "documents"

# The settings of whoever runs the tests stay out of them.
for _name in [name for name in os.environ if name.startswith("POLICYQA_")]:
    del os.environ[_name]

# How long an example takes says more of the machine than of what it shows.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

_LOOPBACK = ("127.", "::1", "localhost", "::ffff:127.")
_reached: list[str] = []


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Refuse, and remember, every attempt to reach another machine."""
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if isinstance(name, str) and name and not name.startswith(_LOOPBACK):
        _reached.append(f"{event} {name}")
        raise ConnectionRefusedError(f"a test tried to reach {name}; only loopback is allowed")


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Fail any test that tries to reach another machine, even if it swallows the refusal."""
    _reached.clear()
    yield
    assert not _reached, f"only loopback is allowed, but the test tried: {', '.join(_reached)}"


class HashedEncoder:
    """Vectors of hashed characters and pairs: texts that share them are near. Counts what it encodes."""

    dimension = 64

    def __init__(self, name: str = "hashed-64") -> None:
        self.name = name
        self.passages = 0

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def encode_passages(
        self, passages: Sequence[Passage], progress: Callable[[int], None] | None = None
    ) -> list[np.ndarray]:
        self.passages += len(passages)
        if progress is not None and passages:
            progress(len(passages))
        return [
            self.encode_queries([passage.full, *(span.of(passage.text) for span in passage.sentences)])
            for passage in passages
        ]

    def _vector(self, text: str) -> np.ndarray:
        vector = np.zeros(self.dimension)
        for token in [*text, *map("".join, pairwise(text))]:
            hashed = zlib.crc32(token.encode("utf-8", "replace"))
            vector[hashed % self.dimension] += 1 if hashed >> 16 & 1 else -1
        norm = float(np.linalg.norm(vector))
        vector[0] += norm == 0
        return vector / (norm or 1.0)


@pytest.fixture
def encoder() -> HashedEncoder:
    """An encoder that is ready at once and always gives the same vectors."""
    return HashedEncoder()


@pytest.fixture
def library(tmp_path: Path, encoder: HashedEncoder) -> Iterator[Library]:
    """An empty library in a temporary folder."""
    with Library(tmp_path / "home", encoder) as opened:
        yield opened


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A library of the documents that ship with us, its vectors those of the encoder that is ready at once."""
    with Library(tmp_path_factory.mktemp("seeded") / "home", HashedEncoder()) as opened:
        opened.add(DOCUMENTS)
        yield opened


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the bundled encoder is expanded, once for the whole run."""
    return tmp_path_factory.getbasetemp() / "encoder"


@pytest.fixture(scope="session")
def home(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of the documents that ship with us, made by the real encoder; tests only read it."""
    folder = tmp_path_factory.mktemp("real")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLICYQA_CACHE", str(cache))
        Assistant.open(folder, DOCUMENTS).close()
    return folder


@pytest.fixture(scope="session")
def assistant(cache: Path, home: Path) -> Iterator[Assistant]:
    """A real assistant over that library."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLICYQA_CACHE", str(cache))
        opened = Assistant.open(home)
    with opened:
        yield opened
