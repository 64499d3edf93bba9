"""Processes that parse files, so that a hostile one costs no more than its limits and never ends the ingest."""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import LifoQueue
from threading import Event, Lock, Timer
from types import TracebackType
from typing import IO, Any, NamedTuple

from index.errors import PolicyError, UnreadableFile
from index.load import Limits, files
from index.parsing import Parsed, Task, parse

PROCESSES = min(2, os.cpu_count() or 1)
"""More would only wait: the encoder takes longer than the parsing of most files."""

AHEAD = 8
AHEAD_BYTES = 64 << 20
"""Files that are parsed while those before them are encoded: how many, and their bytes in all."""

PLAIN = frozenset({".txt", ".md", ".markdown"})
SMALL = 256 << 10
"""Files of these types up to this many bytes are parsed in this process: their loaders cannot fail badly."""

_START = "from index.parsing import serve; serve()"
_TOLD = 4000  # bytes of a worker's last words that are logged
_STARTING = 120.0  # seconds in which a worker must have started
_PATIENCE = 2.0  # seconds in which a worker that was asked to end may clean up

_log = logging.getLogger(__name__)


class Source(NamedTuple):
    """A file to parse: its ``size`` in bytes and the content hash that is ``known`` of it, or empty."""

    path: Path
    size: int
    known: str = ""


class Workers:
    """Up to ``PROCESSES`` processes, each started when it is first needed. A context manager."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._workers = tuple(_Worker(limits) for _ in range(PROCESSES))
        self._idle: LifoQueue[_Worker] = LifoQueue()
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(PROCESSES, "parsing")

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes, whatever they are at."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.close()
        self._threads.shutdown()

    def files(self, paths: Iterable[Path]) -> tuple[Path, ...]:
        """``index.load.files``, archives being opened by a worker."""
        return files(paths, self._members)

    def parsed(self, sources: Iterable[Source]) -> Iterator[tuple[Source, Parsed | PolicyError | None]]:
        """What ``parse`` gives for each file, or the error that it raises, in their order.

        A file that makes its worker exceed the limits or die is an UnreadableFile; the next gets a fresh worker. Up to
        ``AHEAD`` files are parsed before they are asked for.
        """
        ahead: deque[tuple[Source, Future[Any] | None]] = deque()
        for source in sources:
            while ahead and (
                len(ahead) >= AHEAD or source.size + sum(each.size for each, _ in ahead) > AHEAD_BYTES
            ):
                yield self._result(*ahead.popleft())
            plain = source.path.suffix.lower() in PLAIN and source.size <= SMALL
            task = Task("parse", (source.path, source.known, self._limits))
            seconds = self._limits.time(source.size)
            ahead.append((source, None if plain else self._submit(task, source.path, seconds)))
        while ahead:
            yield self._result(*ahead.popleft())

    def _result(self, source: Source, future: Future[Any] | None) -> tuple[Source, Parsed | PolicyError | None]:
        try:
            if future is None:
                return source, parse(source.path, source.known, self._limits)
            return source, future.result()
        except PolicyError as error:
            return source, error

    def _members(self, path: Path) -> tuple[Path, ...]:
        try:
            found: tuple[Path, ...] = self._submit(
                Task("members", (path, self._limits)), path, self._limits.seconds
            ).result()
        except UnreadableFile:
            return (path,)
        return found

    def _submit(self, task: Task, path: Path, seconds: float) -> Future[Any]:
        return self._threads.submit(self._ask, task, path, seconds)

    def _ask(self, task: Task, path: Path, seconds: float) -> Any:
        worker = self._idle.get()
        try:
            return worker.ask(task, path, seconds)
        finally:
            self._idle.put(worker)


class _Worker:
    """One process at a time; one that ended is followed by another when there is more to do."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None
        self._lock = Lock()
        self._closed = False
        self._ready = False

    def ask(self, task: Task, path: Path, seconds: float) -> Any:
        """What the task returns. Raises the ``PolicyError`` that it raises, or UnreadableFile."""
        process = self._running(path)
        late = Event()

        def expire() -> None:
            late.set()
            _end(process)

        def heard(limit: float, *request: object) -> Any:
            timer = Timer(limit, expire)
            timer.start()
            try:
                return _exchange(process, *request)
            finally:
                timer.cancel()

        try:
            if not self._ready:  # on a busy machine its start may take longer than a small file has
                heard(_STARTING)
                self._ready = True
            answer = heard(seconds, (task, seconds))
        except (EOFError, OSError, pickle.UnpicklingError):
            error = _slow(path, seconds) if late.is_set() else self._died(path)
            self._leave()
            raise error from None
        if isinstance(answer, MemoryError):
            self._leave()
            mib = self._limits.memory >> 20
            raise UnreadableFile(
                f"{path} takes more than {mib} MiB of memory to be read; split it and add the parts",
                f"读取 {path} 所需的内存超过 {mib} MB；请拆分后重新添加",
            )
        if isinstance(answer, PolicyError):
            raise answer
        return answer

    def close(self) -> None:
        """End the process; there will be no other."""
        self._closed = True
        self._leave()

    def _running(self, path: Path) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._closed:
                raise _ended(path)
            if self._process is None:
                # Modules come from where this process has them, and never from the working directory alone.
                places = os.pathsep.join(place or os.getcwd() for place in sys.path)
                self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
                self._process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-P", "-c", _START],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._said,
                    env={**os.environ, "PYTHONPATH": places},
                )
                _send(self._process, self._limits)
                self._ready = False
            return self._process

    def _died(self, path: Path) -> UnreadableFile:
        """The error for a process that ended by itself, with the last line that it said."""
        with self._lock:
            process, said = self._process, self._said
            if process is None or said is None:
                return _ended(path)
            with suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
            said.seek(max(0, said.seek(0, os.SEEK_END) - _TOLD))
            told = said.read().decode("utf-8", "replace").strip()
        _log.warning("a worker ended with %s while reading %s: %s", process.returncode, path, told)
        why = told.splitlines()[-1] if told else f"status {process.returncode}"
        return UnreadableFile(
            f"{path} made its reader fail ({why}); open it, save it anew and add it again",
            f"读取 {path} 时程序意外中止（{why}）；请打开后重新保存再添加",
        )

    def _leave(self) -> None:
        """End the process, if there is one, so that the next task gets a fresh one."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                _end(process)
                for stream in (process.stdin, process.stdout, self._said):
                    if stream is not None:
                        with suppress(OSError):
                            stream.close()


def _exchange(process: subprocess.Popen[bytes], *requests: object) -> Any:
    """What the process says, after the requests if there are any."""
    for request in requests:
        _send(process, request)
    assert process.stdout is not None
    return pickle.load(process.stdout)  # noqa: S301 - from a process of our own


def _send(process: subprocess.Popen[bytes], request: object) -> None:
    assert process.stdin is not None
    process.stdin.write(pickle.dumps(request))
    process.stdin.flush()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the process, letting it end first what it started."""
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _slow(path: Path, seconds: float) -> UnreadableFile:
    return UnreadableFile(
        f"{path} takes longer than {seconds:.0f} seconds to be read; split it and add the parts",
        f"读取 {path} 超过 {seconds:.0f} 秒；请拆分后重新添加",
    )


def _ended(path: Path) -> UnreadableFile:
    return UnreadableFile(
        f"{path} was not read, the ingest was ended; run it again",
        f"{path} 尚未读取，收录已中止；请重新运行",
    )
