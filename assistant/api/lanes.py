"""Threads for work that would block the event loop: so many at once, so many waiting, and for so long.

Work that has begun cannot be stopped; when it takes too long its request is given up, while its thread stays taken
until it ends, so that the machine is never asked for more than it was meant to do.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any, TypeVar

from fastapi import HTTPException

Result = TypeVar("Result")

_END = object()


class Lane:
    """``at_once`` threads, with ``waiting`` places before them; a wait and its work may take ``seconds`` together."""

    def __init__(self, name: str, at_once: int, waiting: int, seconds: float) -> None:
        self.seconds = seconds
        self.closed = threading.Event()
        self._places = threading.BoundedSemaphore(at_once + waiting)
        self._threads = ThreadPoolExecutor(at_once, name)

    async def run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """What ``work`` returns. ``HTTPException`` 503 if no place is free, 504 if it takes too long."""
        future = self._submit(lambda: work(*arguments))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), self.seconds)
        except TimeoutError as error:
            if future.done() and not future.cancelled():  # the work's own
                raise
            raise _late(self.seconds) from error

    async def stream(self, work: Callable[[], Generator[Result, None, None]]) -> AsyncGenerator[Result, None]:
        """The items that ``work`` yields, once the first is there; it is closed if they are not read to the end.

        Raises as ``run`` does, here for the first item, in the iteration for the others.
        """
        loop = asyncio.get_running_loop()
        items: asyncio.Queue[tuple[Any, BaseException | None]] = asyncio.Queue()
        gone = threading.Event()
        deadline = time.monotonic() + self.seconds

        def tell(item: object, error: BaseException | None = None) -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(items.put_nowait, (item, error))

        def produce() -> None:
            try:
                with closing(work()) as source:
                    for item in source:
                        if gone.is_set():
                            return
                        tell(item)
                tell(_END)
            except BaseException as error:  # handed over to whoever waits for the items
                tell(_END, error)

        future = self._submit(produce)

        async def following() -> Any:
            try:
                item, error = await asyncio.wait_for(items.get(), max(0.0, deadline - time.monotonic()))
            except TimeoutError as late:
                raise _late(self.seconds) from late
            if error is not None:
                raise error
            return item

        def leave() -> None:
            gone.set()
            future.cancel()

        async def rest(item: Any) -> AsyncGenerator[Result, None]:
            try:
                while item is not _END:
                    yield item
                    item = await following()
            finally:
                leave()

        try:
            return rest(await following())
        except BaseException:
            leave()
            raise

    def close(self) -> None:
        """Begin nothing any more; what has begun sees ``closed``."""
        self.closed.set()
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _submit(self, work: Callable[[], Result]) -> Future[Result]:
        if not self._places.acquire(blocking=False):
            raise HTTPException(503, headers={"Retry-After": "1"})
        try:
            future = self._threads.submit(work)
        except RuntimeError as error:
            self._places.release()
            raise HTTPException(503, "服务器正在关闭", headers={"Retry-After": "5"}) from error
        future.add_done_callback(lambda _: self._places.release())
        return future


def _late(seconds: float) -> HTTPException:
    return HTTPException(504, f"未能在 {seconds:.0f} 秒内完成；请缩小问题的范围，或稍后再试")
