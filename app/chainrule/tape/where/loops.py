"""The loops of a program: which of them an instruction stands in."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import Literal

from chainrule.tape.where.instructions import ADVANCES, InstructionSpans
from chainrule.tape.where.parts import Extent, extent

_OFTEN = frozenset("sum max min sorted reduce accumulate prod any all list tuple set print".split())
_OFTEN_OF_MODULES = frozenset({"reduce", "accumulate"})
"""Functions that do something for every element."""
Stage = Literal["header", "target", "test", "body"]
"""The part of a loop that is running: its iterator, what binds its variables, its condition, or all the rest."""


@dataclass(frozen=True, slots=True)
class Counter:
    """How a loop counts its own iterations, where its text says so: ``range`` with literal ends, or ``enumerate``."""

    variable: str
    function: Literal["range", "enumerate"]
    start: int = 0
    step: int = 1

    def number(self, value: object) -> int | None:
        """Return the iteration, from 1, in which the variable holds a value; None where it never does.

        >>> Counter("step", "range", start=10, step=5).number(20)
        3
        """
        if type(value) is not int or (value - self.start) % self.step:
            return None
        number = (value - self.start) // self.step + 1
        return number if number > 0 else None


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """One ``for`` or ``while``, or one ``for`` of a comprehension."""

    kind: Literal["for", "while"]
    name: str
    """Its variables ("i", "i, x"), or "while"."""
    variables: tuple[str, ...]
    """Those that only the loop itself binds: another object in one of them is another iteration."""
    head: Extent
    """Its target, or its condition."""
    bodies: tuple[Extent, ...]
    iterable: Extent | None
    counter: "Counter | None" = None

    def stage(self, place: Extent) -> Stage | None:
        """Tell the part that a place stands in; None for one outside, as the iterable is."""
        if _holds(self.head, place):
            return "test" if self.kind == "while" else "target"
        return "body" if any(_holds(body, place) for body in self.bodies) else None


@dataclass(frozen=True, slots=True, eq=False)
class Fork:
    """A statement or expression of which one arm runs, or another: no iteration runs both."""

    whole: Extent
    arms: tuple[Extent, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an instruction stands among the loops of its function."""

    loops: tuple[tuple[Loop, Stage], ...] = ()
    """Outermost first."""
    order: int = -1
    """Its place in the order of an iteration; the compiler writes a condition twice, and both count as the first."""
    arms: tuple[tuple[Fork, Loop, int], ...] = ()
    """Each fork within a loop, the innermost loop around it, and the arm that the instruction stands in."""
    calls_often: bool = False
    """Whether it is a call that may do one thing many times, as ``sum`` does."""
    has_variables: bool = False
    """Whether a loop around has variables of its own."""

    @property
    def needs_calls(self) -> bool:
        """Return whether no variable tells the iterations of the innermost loop."""
        return bool(self.loops) and not self.loops[-1][0].variables


NO_LOOPS = Standing()


class Loops:
    """Finds the loops of one program.

    Args:
        extents: tells what instructions are for.
    """

    def __init__(self, extents: InstructionSpans) -> None:
        self._extents = extents
        self._own: dict[CodeType, list[Loop]] = {}
        self._around: dict[tuple[int, int], Standing] = {}
        """By id of the code, whose own hash goes through all of it, and instruction."""
        self._codes: dict[int, CodeType] = {}
        """The codes that are known by id, kept so that no other has it."""

    @cached_property
    def _loops(self) -> list[Loop]:
        return _loops(self._extents.syntax.nodes)

    @cached_property
    def _forks(self) -> list[Fork]:
        return _forks(self._extents.syntax.nodes)

    @cached_property
    def _often(self) -> frozenset[Extent]:
        return _calls_often(self._extents.syntax.nodes)

    def around(self, code: CodeType, instruction: int) -> Standing:
        """Return the loops of the same function that an instruction stands in, outermost first."""
        if not self._loops:
            return NO_LOOPS
        key = (id(code), instruction)
        found = self._around.get(key)
        if found is None:
            self._codes[id(code)] = code
            found = self._around[key] = self._find(code, instruction)
        return found

    def _find(self, code: CodeType, instruction: int) -> Standing:
        place = self._extents.of(code, instruction)
        if place is None:
            return NO_LOOPS
        advances = self._extents.name(code, instruction) in ADVANCES
        found: list[tuple[Loop, Stage]] = []
        for loop in self._loops_of(code):
            stage: Stage | None = "header" if advances and loop.iterable == place else loop.stage(place)
            if stage is not None:
                found.append((loop, stage))
        order = self._extents.start(code, instruction)
        if found and found[-1][1] == "test":
            order = self._extents.first_like(code, instruction)
        variables = any(loop.variables for loop, _ in found)
        return Standing(tuple(found), order, tuple(self._arms(place, found)), place in self._often, variables)

    def _arms(self, place: Extent, around: list[tuple[Loop, Stage]]) -> Iterator[tuple[Fork, Loop, int]]:
        for fork in self._forks if around else ():
            if _holds(fork.whole, place):
                loops = [loop for loop, _ in around if loop.stage(fork.whole) is not None]
                arms = [number for number, arm in enumerate(fork.arms) if _holds(arm, place)]
                if loops and arms:
                    yield fork, loops[-1], arms[0]

    def _loops_of(self, code: CodeType) -> list[Loop]:
        """List the loops in a function, with those of the functions in it, where none of its instructions stands."""
        own = self._own.get(code)
        if own is None:
            around = self._extents.around(code)
            own = [] if around is None else [loop for loop in self._loops if around[0] <= loop.head[0] < around[1]]
            self._own[code] = own
        return own


def _loops(nodes: Iterable[ast.AST]) -> list[Loop]:
    found: list[Loop] = []
    for node in nodes:
        match node:
            case ast.For() | ast.AsyncFor():
                bound = {name for statement in node.body for name in _bound(statement)}
                names = _bound(node.target)
                free = tuple(name for name in names if name not in bound)
                body = _from_to(node.body)
                counter = _counter(node.target, node.iter, free)
                found.append(
                    Loop("for", ", ".join(names), free, extent(node.target), (body,), extent(node.iter), counter)
                )
            case ast.While():
                found.append(Loop("while", "while", (), extent(node.test), (_from_to(node.body),), None))
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                found += _of_comprehension(node)
    return sorted(found, key=lambda loop: loop.head[0])


def _forks(nodes: Iterable[ast.AST]) -> list[Fork]:
    found: list[Fork] = []
    for node in nodes:
        match node:
            case ast.If(orelse=[_, *_]):
                found.append(Fork(extent(node), (_from_to(node.body), _from_to(node.orelse))))
            case ast.IfExp():
                found.append(Fork(extent(node), (extent(node.body), extent(node.orelse))))
            case ast.Match():
                found.append(Fork(extent(node), tuple(_from_to(case.body) for case in node.cases)))
    return found


def _calls_often(nodes: Iterable[ast.AST]) -> frozenset[Extent]:
    found = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in _OFTEN:
                found.add(extent(node))
            case ast.Call(func=ast.Attribute(attr=name)) if name in _OFTEN_OF_MODULES:
                found.add(extent(node))
    return frozenset(found)


def _of_comprehension(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> list[Loop]:
    """Return the loops of a comprehension: what it gives is in all of them, a later ``for`` in those before it."""
    whole = extent(node)
    element = whole[0], extent(node.generators[0].target)[0]
    found = []
    for generator in node.generators:
        names = _bound(generator.target)
        iterable = extent(generator.iter)
        bodies = (element, (iterable[1], whole[1]))
        counter = None if generator.ifs else _counter(generator.target, generator.iter, tuple(names))
        found.append(Loop("for", ", ".join(names), tuple(names), extent(generator.target), bodies, iterable, counter))
    return found


def _counter(target: ast.expr, iterable: ast.expr, free: tuple[str, ...]) -> Counter | None:
    """Return how a loop counts; only a variable that nothing else in it binds can tell."""
    match target, iterable:
        case ast.Name(id=name), ast.Call(func=ast.Name(id="range"), args=[_], keywords=[]):
            found = Counter(name, "range")
        case ast.Name(id=name), ast.Call(func=ast.Name(id="range"), args=[start, _, *steps], keywords=[]):
            numbers = [_literal(start), *(map(_literal, steps))]
            if None in numbers or numbers[1:] == [0]:
                return None
            found = Counter(name, "range", *(number for number in numbers if number is not None))
        case ast.Tuple(elts=[ast.Name(id=name), _]), ast.Call(func=ast.Name(id="enumerate"), args=[_], keywords=[]):
            found = Counter(name, "enumerate")
        case _:
            return None
    starred = any(isinstance(argument, ast.Starred) for argument in getattr(iterable, "args", ()))
    return None if starred or name not in free else found


def _literal(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int(value)) if type(value) is int:
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(value))) if type(value) is int:
            return -value
    return None


def _bound(node: ast.AST) -> list[str]:
    return list(
        dict.fromkeys(
            part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
        )
    )


def _from_to(body: list[ast.stmt]) -> Extent:
    first = body[0]
    decorators = getattr(first, "decorator_list", [])
    return extent(decorators[0] if decorators else first)[0], extent(body[-1])[1]


def _holds(outer: Extent, inner: Extent) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]
