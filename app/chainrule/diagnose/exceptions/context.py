"""The moment a program raised: where, with which values."""

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from types import FrameType, ModuleType
from typing import Any

import torch

from chainrule.diagnose.evaluate import compute
from chainrule.diagnose.source import SourceText, called
from chainrule.graph.model import Graph, Span
from chainrule.tape.graph.ancestry import NO_ANCESTRY, Ancestry
from chainrule.tape.graph.stale_saves import StaleSaves
from chainrule.tape.tensors.autograd_meta import is_leaf
from chainrule.words.saying import say
from chainrule.words.shapes import torch_shape

FILENAME = "<program>"
"""What programs are compiled as: their frames are known by it."""
_TURNED = frozenset({"T", "mT", "H", "mH", "data", "grad"})
"""Attributes of tensors that can be read without running anything of the program's."""

WORDS = 2_000
"""How much of what an exception says is looked at [characters]."""


@dataclass(frozen=True)
class RaiseContext:
    """An exception, with what was there when it was raised."""

    error: BaseException
    text: SourceText
    graph: Graph
    span: Span | None
    """The sub-expression, in the innermost frame of the program."""
    local: Mapping[str, Any] = field(default_factory=dict)
    """The variables of that frame."""
    around: Mapping[str, Any] = field(default_factory=dict)
    """Those of the program's top level."""
    module: torch.nn.Module | None = None
    """The innermost module whose forward was running."""
    taken: object = None
    """What that module was given."""
    stale_saves: StaleSaves | None = None
    """The changes in place for which backward refused to go on."""
    ancestry: Ancestry = NO_ANCESTRY
    """Where what backward should have started from left the graph, where it has none."""
    updates: Sequence[Set[str]] = ()
    """For each pass, the leaves that were changed in place before the next one began."""

    @classmethod
    def of(cls, error: BaseException, text: SourceText, graph: Graph, span: Span | None) -> "RaiseContext":
        """Read an exception's traceback."""
        local: Mapping[str, Any] = {}
        around: Mapping[str, Any] = {}
        module, taken = None, None
        for frame, instruction, line in _frames(error):
            if frame.f_code.co_filename == FILENAME:
                local, around = dict(frame.f_locals), frame.f_globals
                span = _span(frame, instruction, line, text) or span
                module, taken = None, None
            elif frame.f_code.co_name == "forward" and isinstance(frame.f_locals.get("self"), torch.nn.Module):
                names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
                module = frame.f_locals["self"]
                taken = frame.f_locals.get(names[1]) if len(names) > 1 else None
        return cls(error, text, graph, span, local, around, module, taken)

    @cached_property
    def words(self) -> str:
        """Return what the exception says, its beginning if that is long.

        A program's own class may fail to say anything.
        """
        try:
            return str(self.error)[:WORDS]  # patterns are looked for in it, which takes long in a long text
        except BaseException:
            return ""

    @property
    def node(self) -> ast.AST | None:
        """Return the syntax at the span."""
        return self.text.at(self.span)

    @property
    def line(self) -> int | None:
        """Return the line of the span."""
        return self.span.line if self.span else None

    def value(self, node: ast.AST | None) -> Any:
        """Return what a simple expression stood for, without running anything of the program's.

        None if it is not simple.
        """
        match node:
            case ast.Name(id=name):
                return self.local.get(name, self.around.get(name))
            case ast.Constant(value=value):
                return value
            case ast.Attribute(value=base, attr=attribute):
                return _attribute(self.value(base), attribute)
            case ast.Subscript(value=base, slice=ast.Constant(value=key)):
                return _item(self.value(base), key)
            case _:
                return None

    def changed(self, statement: ast.stmt | None) -> ast.expr | None:
        """Return what a statement changes in place."""
        match statement:
            case ast.AugAssign(target=ast.Subscript(value=base)) | ast.Assign(targets=[ast.Subscript(value=base)]):
                return base
            case ast.AugAssign(target=target):
                return target
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=base))):
                return base
            case _:
                node = self.node
                return node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None

    def tensor(self, node: ast.AST | None) -> torch.Tensor | None:
        """Return the tensor that an expression stood for, computed again where that is safe and small."""
        value = self.value(node)
        if value is None and node is not None:
            try:
                with torch.no_grad(), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    value = compute(node, self.value)
            except Exception:  # NotPure, or whatever the operation itself refuses
                return None
        return value if isinstance(value, torch.Tensor) else None

    @property
    def operands(self) -> tuple[ast.expr | None, ast.expr | None]:
        """Return the two sides of the operation at the span."""
        match self.node:
            case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
                return left, right
            case ast.Compare(left=left, comparators=[right]):
                return left, right
            case ast.Call(func=ast.Attribute(), args=[other]) if self.subject is not other:
                return self.subject, other
            case ast.Call(args=[left, right, *_]):
                return left, right
            case _:
                return None, None

    @property
    def subject(self) -> ast.expr | None:
        """Return what the call at the span is about: ``x`` in ``x.sum(1)`` and in ``torch.sum(x, 1)``."""
        node = self.node
        if not isinstance(node, ast.Call):
            return None
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_module = owner is not None and isinstance(self.value(owner), ModuleType)
        if owner is not None and not is_module and ast.unparse(owner) not in ("torch.nn.functional", "torch.linalg"):
            return owner
        return node.args[0] if node.args else None

    def label(self, node: ast.AST | None, otherwise: str) -> str:
        """Return what to call an expression in a sentence: its own text, if that is short."""
        text = self.text.of(node) if isinstance(node, ast.expr) else ""
        return text if text and len(text) <= 40 and "\n" not in text else otherwise

    def told(self, node: ast.AST | None, otherwise: str) -> str:
        """Return an expression with its shape, as far as it is known: "W of shape [2, 3]"."""
        tensor = self.tensor(node)
        label = self.label(node, otherwise)
        return (
            say("{label} of shape {shape}", label=label, shape=torch_shape(tensor.shape))
            if tensor is not None
            else label
        )

    def name_of(self, wanted: object) -> str | None:
        """Return the program's name for a tensor or module: a variable, or a path such as ``net.0``."""
        if wanted is None:
            return None
        for names in (self.local, self.around):
            for name, value in names.items():
                if value is wanted and not name.startswith("_"):
                    return name
        for names in (self.local, self.around):
            for name, value in names.items():
                for path in _paths(value, wanted):
                    return f"{name}.{path}"
        return None


def dimensions(count: int) -> str:
    """Return how many dimensions: "1 dimension", "3 dimensions"."""
    return say("1 dimension") if count == 1 else say("{count} dimensions", count=count)


def numbers(words: str) -> list[int]:
    """Return all whole numbers in a text."""
    return [int(number) for number in re.findall(r"-?\d+", words)]


def _frames(error: BaseException) -> Iterator[tuple[FrameType, int, int]]:
    entry = error.__traceback__
    while entry is not None:
        yield entry.tb_frame, entry.tb_lasti, entry.tb_lineno
        entry = entry.tb_next


def _span(frame: FrameType, instruction: int, line: int, text: SourceText) -> Span | None:
    place = next(islice(frame.f_code.co_positions(), instruction // 2, None), (None,) * 4)
    start, end, column, end_column = place
    if start is None or end is None or column is None or end_column is None:
        return Span(line=line, column=0, end_line=line, end_column=len(text.line(line))) if line else None
    return text.in_characters(start, column, end, end_column)


def _attribute(base: Any, name: str) -> Any:
    if isinstance(base, torch.Tensor):
        return _turned(base, name) if name in _TURNED else None
    if isinstance(base, torch.nn.Module):
        for names in ("_parameters", "_buffers", "_modules"):
            held = vars(base).get(names, {})
            if name in held:
                return held[name]
    try:
        return vars(base).get(name)
    except TypeError:
        return None


def _turned(tensor: torch.Tensor, name: str) -> Any:
    if name == "grad":
        return tensor.grad if is_leaf(tensor) else None
    if name == "T" and tensor.ndim > 2:
        return None
    return getattr(tensor, name)


def _item(base: Any, key: object) -> Any:
    if type(base) in (list, tuple) and isinstance(key, int) and -len(base) <= key < len(base):
        return base[key]
    if type(base) is dict:
        return base.get(key)
    if isinstance(base, torch.nn.Sequential | torch.nn.ModuleList) and isinstance(key, int):
        return list(base.children())[key] if -len(base) <= key < len(base) else None
    return None


def _paths(value: object, wanted: object) -> Iterator[str]:
    if isinstance(value, torch.nn.Module):
        for path, module in value.named_modules():
            if path and module is wanted:
                yield path
        for path, parameter in value.named_parameters():
            if parameter is wanted:
                yield path


def start_of(moment: RaiseContext) -> tuple[ast.Call | None, ast.expr | None]:
    """Return the call that asked for backward, and the tensor it starts from."""
    node = moment.node
    if not isinstance(node, ast.Call):
        node = next(moment.text.calls(moment.span, "backward", "grad"), None)
    if node is None:
        return None, None
    if isinstance(node.func, ast.Attribute) and called(node) == "backward" and not is_autograd(node.func.value):
        return node, node.func.value
    first = node.args[0] if node.args else None
    if isinstance(first, ast.Tuple | ast.List) and len(first.elts) == 1:
        first = first.elts[0]
    return node, first


def is_autograd(node: ast.AST) -> bool:
    """Return whether an expression is the module torch.autograd."""
    return ast.unparse(node) in ("torch.autograd", "autograd")
