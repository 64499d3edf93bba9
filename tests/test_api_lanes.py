"""Lanes: so many at once, so many waiting, for so long, and nothing is lost or left behind."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterator
from typing import Any

import pytest
from fastapi import HTTPException

from assistant.api.lanes import Lane


@pytest.fixture
def lane() -> Iterator[Callable[..., Lane]]:
    """Makes lanes that are closed in the end."""
    made: list[Lane] = []

    def make(at_once: int = 2, waiting: int = 2, seconds: float = 5) -> Lane:
        made.append(Lane("test", at_once, waiting, seconds))
        return made[-1]

    yield make
    for each in made:
        each.close()


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


async def status(work: Coroutine[Any, Any, Any]) -> int:
    try:
        await work
    except HTTPException as error:
        return error.status_code
    return 200


def test_work_runs_in_a_thread_and_its_result_or_error_comes_back(lane: Callable[..., Lane]) -> None:
    lane = lane()
    assert run(lane.run(lambda a, b: (a + b, threading.current_thread().name), 1, 2)) == (3, "test_0")
    with pytest.raises(ZeroDivisionError):
        run(lane.run(lambda: 1 // 0))
    with pytest.raises(TimeoutError, match="own"):
        run(lane.run(lambda: (_ for _ in ()).throw(TimeoutError("own"))))


def test_no_more_than_so_many_work_and_wait_and_the_rest_are_told_so(lane: Callable[..., Lane]) -> None:
    narrow = lane(at_once=2, waiting=1)
    go, running = threading.Event(), []

    def work() -> None:
        running.append(1)
        go.wait(60)

    async def four() -> list[int]:
        asked = [asyncio.ensure_future(status(narrow.run(work))) for _ in range(4)]
        while len(running) < 2:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        assert len(running) == 2
        go.set()
        return list(await asyncio.gather(*asked))

    assert run(four()) == [200, 200, 200, 503]
    assert run(status(narrow.run(work))) == 200  # the places are free again


def test_what_takes_too_long_is_given_up_but_keeps_its_thread_and_waiting_work_never_begins(
    lane: Callable[..., Lane],
) -> None:
    narrow, go, begun = lane(at_once=1, waiting=1, seconds=0.2), threading.Event(), []

    async def two() -> list[int]:
        first = asyncio.ensure_future(status(narrow.run(go.wait, 60)))
        second = asyncio.ensure_future(status(narrow.run(begun.append, 1)))
        found = await asyncio.gather(first, second)
        third = await status(narrow.run(lambda: 1))  # the thread is still taken
        return [*found, third]

    assert run(two()) == [504, 504, 504]
    go.set()
    time.sleep(0.1)
    assert begun == []
    assert run(narrow.run(lambda: "free")) == "free"


def test_the_event_loop_goes_on_meanwhile(lane: Callable[..., Lane]) -> None:
    async def ticks() -> int:
        work, count = asyncio.ensure_future(lane().run(time.sleep, 0.5)), 0
        while not work.done():
            await asyncio.sleep(0.01)
            count += 1
        return count

    assert run(ticks()) > 2  # 50 on a machine that is not busy; one that stands still has none


def test_a_stream_gives_its_items_in_order_and_its_errors_where_they_happen(lane: Callable[..., Lane]) -> None:
    def three() -> Generator[int, None, None]:
        yield from (1, 2, 3)

    def none() -> Generator[int, None, None]:
        yield from ()

    def fails_at_once() -> Generator[int, None, None]:
        raise ZeroDivisionError
        yield

    def fails_later() -> Generator[int, None, None]:
        yield 1
        raise ZeroDivisionError

    async def collected(work: Callable[[], Generator[int, None, None]]) -> list[int]:
        return [item async for item in await lane().stream(work)]

    async def first(work: Callable[[], Generator[int, None, None]]) -> int:
        items = await lane().stream(work)
        async for item in items:
            with pytest.raises(ZeroDivisionError):
                await anext(items)
            return item
        return 0

    assert run(collected(three)) == [1, 2, 3]
    assert run(collected(none)) == []
    with pytest.raises(ZeroDivisionError):
        run(collected(fails_at_once))
    assert run(first(fails_later)) == 1


def test_a_stream_that_is_left_or_late_is_closed(lane: Callable[..., Lane]) -> None:
    closed = threading.Event()

    def slow() -> Generator[int, None, None]:
        try:
            for count in range(100):
                yield count
                time.sleep(0.05)
        finally:
            closed.set()

    async def left() -> None:
        items = await lane().stream(slow)
        await anext(items)
        await items.aclose()

    async def late() -> int:
        try:
            async for _ in await lane(seconds=0.3).stream(slow):
                pass
        except HTTPException as error:
            return error.status_code
        return 200

    run(left())
    assert closed.wait(60)
    closed.clear()
    assert run(late()) == 504
    assert closed.wait(60)


def test_a_closed_lane_begins_nothing(lane: Callable[..., Lane]) -> None:
    shut = lane()
    shut.close()
    assert run(status(shut.run(lambda: 1))) == 503
    assert shut.closed.is_set()
