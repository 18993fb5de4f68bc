"""First come, first served; and whoever goes away does not hold the others up."""

import asyncio

import pytest
from chainrule.sandbox.queue import Queue, QueueClosedError, QueueFullError


async def visit(queue: Queue, name: str, log: list[str], leave: asyncio.Event) -> None:
    async with queue:
        log.append(name)
        await leave.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_who_wait_are_let_in_in_their_order() -> None:
    queue, leave = Queue(1, 10), asyncio.Event()
    log: list[str] = []
    visits = [asyncio.create_task(visit(queue, name, log, leave)) for name in "abcd"]
    await settle()
    assert (log, queue.waiting) == (["a"], 3)
    leave.set()
    await asyncio.gather(*visits)
    assert log == ["a", "b", "c", "d"]


async def test_those_who_wait_are_turned_away_but_for_the_first() -> None:
    queue, leave = Queue(1, 10), asyncio.Event()
    log: list[str] = []
    visits = [asyncio.create_task(visit(queue, name, log, leave)) for name in "abcd"]
    await settle()
    queue.turn_away(keep=1)
    leave.set()
    results = await asyncio.gather(*visits, return_exceptions=True)
    assert log == ["a", "b"]
    assert [type(result) for result in results] == [type(None), type(None), QueueClosedError, QueueClosedError]
    assert queue.empty


async def test_a_queue_is_not_empty_while_a_turn_is_handed_on() -> None:
    queue, leave = Queue(1, 10), asyncio.Event()
    visits = [asyncio.create_task(visit(queue, name, [], leave)) for name in "ab"]
    await settle()
    leave.set()
    seen = []
    while not all(visit.done() for visit in visits):
        seen.append(queue.empty)
        await asyncio.sleep(0)
    assert not any(seen[:-1])
    assert queue.empty


async def test_no_more_wait_than_may() -> None:
    queue, leave = Queue(1, 1), asyncio.Event()
    visits = [asyncio.create_task(visit(queue, name, [], leave)) for name in "ab"]
    await settle()
    with pytest.raises(QueueFullError):
        await visit(queue, "c", [], leave)
    leave.set()
    await asyncio.gather(*visits)


@pytest.mark.parametrize("gone", [(0,), (1,), (0, 1), (1, 2), (0, 1, 2), (2, 1, 0)])
async def test_whoever_goes_away_leaves_the_place_to_the_next(gone: tuple[int, ...]) -> None:
    expected = ["a"] + [name for index, name in enumerate("abcd") if index and index not in gone] + ["last"]
    queue, leave = Queue(1, 10), asyncio.Event()
    log: list[str] = []
    visits = [asyncio.create_task(visit(queue, name, log, leave)) for name in "abcd"]
    await settle()
    for index in gone:
        visits[index].cancel()
    leave.set()
    await asyncio.wait_for(asyncio.gather(*visits, return_exceptions=True), 5)
    assert queue.waiting == 0
    await asyncio.wait_for(visit(queue, "last", log, leave), 5)
    assert log == expected


async def test_a_turn_that_comes_with_the_farewell_is_handed_on() -> None:
    queue, leave = Queue(1, 10), asyncio.Event()
    log: list[str] = []
    visits = [asyncio.create_task(visit(queue, name, log, leave)) for name in "abc"]
    await settle()
    leave.set()
    await asyncio.sleep(0)  # a leaves, and the turn of b has come
    visits[1].cancel()
    await asyncio.gather(*visits, return_exceptions=True)
    assert log in (["a", "c"], ["a", "b", "c"])
