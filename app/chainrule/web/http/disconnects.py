"""Requests whose client has gone: what was under way for them is stopped."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from starlette.requests import Request

from chainrule.interest import INTEREST, Interest

Result = TypeVar("Result")

CLIENT_GONE = 499
"""What a request counts as whose client went before it was answered; no such status is ever sent."""


class ClientGoneError(Exception):
    """The client of a request has gone."""


async def while_connected(request: Request, work: Coroutine[object, object, Result]) -> Result:
    """Return what work gives; stop it, in threads too, when the client of the request goes meanwhile.

    Args:
        request: its body was read to the end.
        work: what is done for it, and for nobody else.

    Raises:
        ClientGoneError: the client went.
    """
    interest = Interest()
    before = INTEREST.set(interest)
    working = asyncio.ensure_future(work)  # in a copy of this context
    INTEREST.reset(before)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGoneError
    finally:
        leaving.cancel()
        if not working.done():
            interest.lose()
            working.cancel()


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
