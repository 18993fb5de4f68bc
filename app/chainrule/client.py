"""A client of the REST API: typed answers, problems as exceptions, another try where the server is busy."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

import httpx

from chainrule.graph import Graph
from chainrule.payload import encode
from chainrule.protocol.program import Program
from chainrule.protocol.response import GraphAnswer
from chainrule.render.formats.registry import FORMATS
from chainrule.render.options import find_option

if TYPE_CHECKING:
    from chainrule.graph.tensor_file import TensorFile

BUSY = frozenset({429, 503})
"""Statuses after which the same request may do better."""
LONGEST_WAIT_SECONDS = 60.0


class ProblemError(Exception):
    """The server answered a problem (RFC 9457)."""

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.status = status
        self.slug = str(document.get("type", "about:blank")).rpartition("/")[2]
        self.title = str(document.get("title", ""))
        self.detail = str(document.get("detail", ""))
        self.request_id: str | None = document.get("request_id")
        self.violations: list[dict[str, Any]] = document.get("violations") or []
        super().__init__(f"{status} {self.title}: {self.detail}")


@dataclass(frozen=True, slots=True)
class _Call:
    """One request to be sent."""

    method: str
    path: str
    json: Any = None
    accept: str = "application/json"
    view: Mapping[str, Any] = field(default_factory=dict)

    def send_with(self, client: httpx.Client | httpx.AsyncClient) -> httpx.Request:
        headers = {"Accept": f"{self.accept}, application/problem+json;q=0.1"}
        return client.build_request(self.method, self.path, params=_view(self.view), json=self.json, headers=headers)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list | tuple):
        return ",".join(str(part) for part in value)
    return json.dumps(value) if isinstance(value, dict) else str(value)


def _checked(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    try:
        document = response.json()
    except ValueError:
        document = {}
    if not isinstance(document, dict):
        document = {}
    raise ProblemError(response.status_code, {"title": response.reason_phrase, **document})


def _wait_seconds(attempt: int, response: httpx.Response | None) -> float:
    told = response.headers.get("retry-after", "") if response is not None else ""
    wait = float(told) if told.isdigit() else 0.5 * 2**attempt
    return min(wait, LONGEST_WAIT_SECONDS)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an answer is to hold; what is left out is as the server has it."""

    check: bool = False
    jacobians: bool = False
    values: int | None = None

    def body(self, program: Program) -> dict[str, Any]:
        """Return the body of a request."""
        body = {name: value for name, value in program.as_json().items() if name != "question"}
        body |= {name: True for name in ("check", "jacobians") if getattr(self, name)}
        return body if self.values is None else body | {"values": self.values}


def _program(program: Program | str, asked: Mapping[str, Any]) -> Program:
    return Program(program, **asked) if isinstance(program, str) else replace(program, **asked)


def _graph_call(program: Program, wanted: _Wanted) -> _Call:
    return _Call("POST", "/api/v1/graphs", wanted.body(program))


def _graphs_call(programs: Sequence[Program], wanted: _Wanted) -> _Call:
    return _Call("POST", "/api/v1/graphs:batch", {"items": [wanted.body(program) for program in programs]})


def _picture_call(program: Program, picture_format: str, view: Mapping[str, Any]) -> _Call:
    return _Call("POST", "/api/v1/graphs", program.as_json(), _media_type(picture_format), view)


def _render_call(graph: Graph, source: str, picture_format: str, view: Mapping[str, Any]) -> _Call:
    body = {"graph": graph.model_dump(mode="json"), "source": source}
    return _Call("POST", "/api/v1/render", body, _media_type(picture_format), view)


def _tensors_call(program: Program) -> _Call:
    return _Call("POST", "/api/v1/graphs", _Wanted().body(program), FORMATS["safetensors"].media_type)


def _media_type(picture_format: str) -> str:
    known = {one.name: one.media_type for one in FORMATS.values() if one.is_picture}
    if picture_format not in known:
        raise ValueError(f"{picture_format!r} is no format of pictures; there are {', '.join(known)}")
    return known[picture_format]


def _view(options: Mapping[str, Any]) -> dict[str, str]:
    """Return the options of a picture as an address has them; the server refuses those that it does not know."""
    given = {name: value for name, value in options.items() if value is not None}
    return {option.name if (option := find_option(name)) else name: _text(value) for name, value in given.items()}


def _tensor_file(response: httpx.Response) -> "TensorFile":
    """Return the tensors of an answer, with NumPy, which the client does not need for anything else."""
    from chainrule.graph.tensor_file import TensorFile

    return TensorFile(response.content)


def _outcomes(response: httpx.Response) -> list[GraphAnswer | ProblemError]:
    return [
        GraphAnswer.model_validate_json(json.dumps(outcome["answer"]))
        if outcome["status"] == 200
        else ProblemError(outcome["status"], outcome["problem"])
        for outcome in response.json()["outcomes"]
    ]


def picture_url(base_url: str, program: Program, picture_format: str = "svg", **view: Any) -> str:
    """Return the address of a picture, for a document to embed."""
    given = _view(view)
    for name, value in program.as_json().items():
        if name not in ("source", "question"):  # which changes no picture
            given[name] = value if isinstance(value, str) else json.dumps(value)
    query = f"?{urlencode(sorted(given.items()))}" if given else ""
    return f"{base_url.rstrip('/')}/{picture_format}/{encode(program.source)}{query}"


class Client:
    """A client that waits.

    With the address of a server, such as ``http://127.0.0.1:8000``:

    >>> from chainrule import Client
    >>> with Client(address) as client:
    ...     answer = client.trace("(x ** 2).sum()", inputs={"x": [1.0, 2.0]})
    ...     picture = client.draw("x * x", "svg", theme="dark")
    >>> [x] = [node for node in answer.graph.nodes if "x" in node.names]
    >>> x.outputs[0].gradients[0].values
    [2.0, 4.0]
    >>> picture[:4]
    b'<svg'

    Args:
        base_url: where the server is.
        timeout: time for one request [s].
        retries: how often a request is sent again where the server is busy or does not take the connection.
        transport: what carries the requests, for tests; None is the network.
        sleep: how to wait [s].
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.base_url = base_url
        self._http = httpx.Client(base_url=base_url, timeout=timeout, transport=transport)
        self._retries = retries
        self._sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def trace(
        self,
        program: Program | str,
        *,
        check: bool = False,
        jacobians: bool = False,
        values: int | None = None,
        **asked: Any,
    ) -> GraphAnswer:
        """Execute a program and return its graph.

        Args:
            program: the program, or its source.
            check: whether gradients are compared with finite differences.
            jacobians: whether edges have their local Jacobians.
            values: elements up to which the numbers of a tensor are listed; None for the server's usual number.
            asked: ``inputs``, ``seed``, ``root``, ``gradient``: the fields of `Program`.

        Raises:
            ProblemError: the server refused, or is still busy after all retries.
            httpx.HTTPError: the server cannot be reached.
        """
        call = _graph_call(_program(program, asked), _Wanted(check, jacobians, values))
        return GraphAnswer.model_validate_json(self._send(call).content)

    def trace_many(
        self, programs: Sequence[Program], *, check: bool = False, jacobians: bool = False, values: int | None = None
    ) -> list[GraphAnswer | ProblemError]:
        """Execute up to 50 programs and return the outcome of each; raises as `trace` does."""
        return _outcomes(self._send(_graphs_call(programs, _Wanted(check, jacobians, values))))

    def draw(self, program: Program | str, picture_format: str = "svg", **view: Any) -> bytes:
        """Execute a program and return its picture; raises as `trace` does."""
        return self._send(_picture_call(_program(program, {}), picture_format, view)).content

    def tensors(self, program: Program | str, **asked: Any) -> "TensorFile":
        """Execute a program and return all its values and gradients as NumPy arrays by name, read when asked for.

        Raises as `trace` does, and takes the same program.
        """
        return _tensor_file(self._send(_tensors_call(_program(program, asked))))

    def render(self, graph: Graph, source: str = "", picture_format: str = "svg", **view: Any) -> bytes:
        """Return the picture of a graph; nothing is executed. Raises as `trace` does."""
        return self._send(_render_call(graph, source, picture_format, view)).content

    def get(self, path: str) -> Any:
        """Return the JSON at a path of the API, such as "/api/v1/limits"; raises as `trace` does."""
        return self._send(_Call("GET", path)).json()

    def _send(self, call: _Call) -> httpx.Response:
        for attempt in range(self._retries + 1):
            response = None
            try:
                response = self._http.send(call.send_with(self._http))
                if response.status_code not in BUSY or attempt == self._retries:
                    break
            except httpx.ConnectError:
                if attempt == self._retries:
                    raise
            self._sleep(_wait_seconds(attempt, response))
        assert response is not None
        return _checked(response)


class AsyncClient:
    """The same for programs with an event loop; arguments and errors are those of `Client`.

    >>> import asyncio
    >>> from chainrule import AsyncClient
    >>> async def count_nodes(*sources):
    ...     async with AsyncClient(address) as client:
    ...         answers = await asyncio.gather(*map(client.trace, sources))
    ...     return [len(answer.graph.nodes) for answer in answers]
    >>> asyncio.run(count_nodes("x * x", "x * y"))
    [2, 3]
    """

    def __init__(
        self,
        base_url: str = "http://127.0.0.1:8000",
        *,
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.base_url = base_url
        self._http = httpx.AsyncClient(base_url=base_url, timeout=timeout, transport=transport)
        self._retries = retries
        self._sleep = sleep

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def trace(
        self,
        program: Program | str,
        *,
        check: bool = False,
        jacobians: bool = False,
        values: int | None = None,
        **asked: Any,
    ) -> GraphAnswer:
        """Execute a program and return its graph."""
        call = _graph_call(_program(program, asked), _Wanted(check, jacobians, values))
        response = await self._send(call)
        return GraphAnswer.model_validate_json(response.content)

    async def trace_many(
        self, programs: Sequence[Program], *, check: bool = False, jacobians: bool = False, values: int | None = None
    ) -> list[GraphAnswer | ProblemError]:
        """Execute up to 50 programs and return the outcome of each."""
        return _outcomes(await self._send(_graphs_call(programs, _Wanted(check, jacobians, values))))

    async def draw(self, program: Program | str, picture_format: str = "svg", **view: Any) -> bytes:
        """Execute a program and return its picture."""
        return (await self._send(_picture_call(_program(program, {}), picture_format, view))).content

    async def tensors(self, program: Program | str, **asked: Any) -> "TensorFile":
        """Execute a program and return all its values and gradients as NumPy arrays by name."""
        return _tensor_file(await self._send(_tensors_call(_program(program, asked))))

    async def render(self, graph: Graph, source: str = "", picture_format: str = "svg", **view: Any) -> bytes:
        """Return the picture of a graph; nothing is executed."""
        return (await self._send(_render_call(graph, source, picture_format, view))).content

    async def get(self, path: str) -> Any:
        """Return the JSON at a path of the API."""
        return (await self._send(_Call("GET", path))).json()

    async def _send(self, call: _Call) -> httpx.Response:
        for attempt in range(self._retries + 1):
            response = None
            try:
                response = await self._http.send(call.send_with(self._http))
                if response.status_code not in BUSY or attempt == self._retries:
                    break
            except httpx.ConnectError:
                if attempt == self._retries:
                    raise
            await self._sleep(_wait_seconds(attempt, response))
        assert response is not None
        return _checked(response)
