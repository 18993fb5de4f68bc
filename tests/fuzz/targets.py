"""The targets: each takes what a stranger may send, and fails where anything but an answer or a refusal comes of it."""

import copy
import json
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any

from chainrule.errors import ChainruleError
from chainrule.layout import make_engine
from chainrule.limits import Limits
from chainrule.payload import decode, encode
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.trust import AnswerInvalidError, check_answer, read_answer
from chainrule.render import ViewOptions, draw
from chainrule.run.execute import execute
from chainrule.settings import Settings
from chainrule.web.api.render import RenderBody
from chainrule.web.api.schemas import read_body
from chainrule.web.query import parse
from chainrule.worker.serve import encode as write
from fastapi.exceptions import RequestValidationError
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

LIMITS = Limits()
REFUSALS = (ChainruleError, RequestValidationError, HTTPException, AnswerInvalidError)
SOURCE = (
    "w = torch.ones(3, requires_grad=True)\nfor i in range(3):\n"
    "    y = (w*x).sin()\n    y.sum().backward()\nprint(w.grad)"
)

WORDS = st.sampled_from(
    "x y torch nn F . ( ) [ ] { } , : = * ** + - @ if else for in while def class lambda try except finally with as "
    "import from return yield await async not and or is None True 0 1 1e999 99999 'a' f'{x}' \"\"\" # \\ ; __class__ "
    ".grad .backward() requires_grad=True import* del global nonlocal assert raise pass break continue := -> ... 0x "
    "1_0 é \ud800".split(" ")
)
PIECES = st.one_of(WORDS, st.sampled_from(["\n", "\n    ", "\n        ", "\t", "\r\n", "\x00", "\ufeff", "\x0c", " "]))
SOURCES = st.one_of(
    st.lists(PIECES, max_size=60).map(" ".join), st.lists(PIECES, max_size=60).map("".join), st.text(max_size=200)
)
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([0, -1, 2**31, 2**63, 10**400, 1e308]))
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=8), st.sampled_from(["n0", "e0", "n1", "float32"])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    max_leaves=6,
)
OPTIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *(one.name for one in fields(ViewOptions)),
                "seed",
                "root",
                "gradient",
                "inputs",
                "code",
                "download",
                "nothing",
            ]
        ),
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(["1", "0", "-1", "n0..n3", "dark", "1e999", "9" * 50, "n0,n1", "*", "../n0", "%00", "é"]),
        ),
    ),
    max_size=6,
)


@cache
def answered() -> tuple[Program, ExecutionAnswer, bytes]:
    """Return a program, what came of it, and the record of that."""
    program = Program(SOURCE, inputs={"x": [1.0, 2.0, 3.0]})
    answer = execute(program, Limits(wall_seconds=60, cpu_seconds=60, answer_seconds=100))
    return program, answer, write(answer, LIMITS)


@cache
def engine() -> Any:
    return make_engine(Settings(), lambda *told: None)


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return every place in a document."""
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [path] + [place for key, value in inner for place in places(value, (*path, key))]


def changed(document: Any, changes: list[tuple[int, Any]]) -> Any:
    """Return a document with something else in some of its places."""
    document = copy.deepcopy(document)
    for number, value in changes:
        known = places(document)[1:]
        if not known:
            return document
        *way, last = known[number % len(known)]
        owner = document
        for key in way:
            owner = owner[key]
        owner[last] = value
    return document


CHANGES = st.lists(st.tuples(st.integers(0, 5_000), JUNK), max_size=4)
BYTES = st.lists(st.tuples(st.integers(0, 1 << 20), st.integers(0, 255)), max_size=6)


def fuzz_checker(source: str) -> None:
    check(Program(source), LIMITS)


def fuzz_unpacker(payload: str) -> None:
    decode(payload, LIMITS.source_bytes)


def fuzz_record(given: tuple[list[tuple[int, int]], int]) -> None:
    program, _, record = answered()
    content = bytearray(record[: given[1]] if given[1] < len(record) else record)
    for at, byte in given[0]:
        if content:
            content[at % len(content)] = byte
    answer = read_answer(bytes(content), program, LIMITS)
    draw(answer.graph, "svg", ViewOptions(), engine(), program.source)


def fuzz_render(given: tuple[list[tuple[int, Any]], list[tuple[str, str]]]) -> None:
    document = json.loads(answered()[1].graph.model_dump_json())
    content = json.dumps({"graph": changed(document, given[0]), "source": SOURCE}).encode()
    body = read_body(RenderBody, content)
    check_answer(ExecutionAnswer(graph=body.graph), Program(body.source), LIMITS)
    fuzz_options(given[1])
    draw(body.graph, "svg", ViewOptions(), engine(), body.source)


def fuzz_options(given: list[tuple[str, str]]) -> None:
    program, answer, _ = answered()
    query = "&".join(f"{name}={value}" for name, value in given).encode("utf-8", "surrogatepass")
    draw(answer.graph, "svg", parse(query).options(), engine(), program.source)


def refused(target: Callable[[Any], None], given: Any) -> bool:
    """Run a target; whether it was refused. Anything else that it raises comes out."""
    try:
        target(given)
    except REFUSALS:
        return True
    return False


TARGETS: dict[str, tuple[Callable[[Any], None], st.SearchStrategy[Any], tuple[Any, ...]]] = {
    "checker": (
        fuzz_checker,
        SOURCES,
        ("x\n" * 5_000, "(" * 300, "dict(" * 90 + ")" * 90, "x" + " " * 19_000 + "?", "\ud800", "\x00", "f'{" * 150),
    ),
    "unpacker": (
        fuzz_unpacker,
        st.one_of(st.text(max_size=80), SOURCES.filter(lambda text: "\ud800" not in text).map(encode)),
        ("", "=", "eJwDAAAAAAE", "é", "A" * 60_000, encode(" " * 19_999)),
    ),
    "record": (
        fuzz_record,
        st.tuples(BYTES, st.one_of(st.just(1 << 30), st.integers(0, 20_000))),
        (([], 1 << 30), ([], 0), ([(0, 255)], 1 << 30), ([], 100)),
    ),
    "render": (fuzz_render, st.tuples(CHANGES, st.just([])), (([], []), ([(3, "n0"), (9, None)], []))),
    "options": (
        fuzz_options,
        OPTIONS,
        ([], [("path", "n0..n0")], [("path", "n0..n5")], [("boxes", "1")], [("step", "3")], [("open", "*")]),
    ),
}
"""Each by its name: what it does, what it is given, and what it is given in any case."""
