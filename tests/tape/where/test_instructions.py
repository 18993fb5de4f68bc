"""Which part of the source an operation stands at: every test marks it with « and »."""

import ast
from opcode import opname
from pathlib import Path
from types import CodeType

import pytest
from chainrule.assets import EXAMPLES
from chainrule.graph import Node, Span
from chainrule.graph.syntax import Syntax
from chainrule.tape.where.instructions import InstructionSpans
from chainrule.tape.where.spans import Spans

from tests.tape.traced import Trace

X = "x = torch.ones(2, requires_grad=True)\n"

PROBE = """x = torch.ones(2, requires_grad=True)
y = x
def note(result):
    global y
    y = y*x.sin()
    return result
class Probe:
    def __bool__(self):
        return note(True)
    def __lt__(self, other):
        return note(True)
    def __gt__(self, other):
        return True
    def __contains__(self, item):
        return note(True)
    def __iter__(self):
        note(None)
        return iter((1, 2))
    def __enter__(self):
        return note(self)
    def __exit__(self, *raised):
        pass
    def __setitem__(self, key, value):
        note(None)
    def __delitem__(self, key):
        note(None)
    def __setattr__(self, name, value):
        note(None)
    def __delattr__(self, name):
        note(None)
    def __getitem__(self, key):
        return 1
    def __format__(self, how):
        return note("")
    def __call__(self, given):
        return note(given)
class Exit:
    def __enter__(self):
        pass
    def __exit__(self, *raised):
        note(None)
def parts():
    yield note(1)
    yield 2
p, q = Probe(), Probe()
"""
"""Its classes compute one sine where Python calls one of their methods, two calls below the marked place."""


def unmarked(source: str) -> tuple[str, Span]:
    """Take the marks out of a source and give the span between them, counted in characters."""

    def place(mark: str) -> tuple[int, int]:
        before = source[: source.index(mark)].replace("«", "").replace("»", "")
        lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return len(lines), len(lines[-1])

    (line, column), (end_line, end_column) = place("«"), place("»")
    span = Span(line=line, column=column, end_line=end_line, end_column=end_column)
    return source.replace("«", "").replace("»", ""), span


def the(trace: Trace, source: str, op: str) -> Node:
    return trace(source, root="y").node(op)


@pytest.mark.parametrize(
    "source",
    [
        "y = «x.sin()».sum()",
        "y = («x.pow(2)\n     .clamp(\n       min=0,\n     )\n     .sin()»\n     .sum())",
        "y = «x \\\n  .sin()» \\\n  .sum()",
        "z = 1; y = «x.sin()»; w = y",
        "def f(a):\n\tif True:\n\t\tb = 2; c = «a.sin()»\n\t\treturn b*c\ny = f(x)",
        "größe = '日本'; y = «x.sin()» # ü",
        "größe = x\ny = (größe\n   .exp()); 𝒳 = '😀'; y = («y\n   .sin()»)",
        's = "one\\u2028line\u2028\x0c"; größe = 1; y = «x.sin()»',
        "größe = 1\r\ny = («x\r\n  .sin()»)\r\nz = y\r",
        'f"{(y := «x.sin()»).sum():.2f} and {y.sum()}"',
        "s = f'''\n  é {(y := «x.sin()»).sum()!r}\n'''",
        "if (y := «x.sin()»).sum() > 0:\n    pass",
        "match «x.sin()»:\n    case y:\n        pass",
        "match x:\n    case t if (y := «t.sin()»).sum() > 9:\n        pass",
        "f = lambda a, b=«x.sin()»: a*b\ny = f(x)",
        "def f(a, *, b=«x.sin()»):\n    return a*b\ny = f(x)",
        "y = torch.add(\n    x,\n    other=«x\n        .sin()»,\n    alpha=2,\n)",
        "y = torch.stack([*[«x.sin()»]], *[0])",
        "y = torch.add(**{'input': x, 'other': «x.sin()»})",
        "y = «x.sin()» if x.sum() > 0 else x.cos()",
        "y = x.cos() if x.sum() < 0 else «x.sin()»",
        "y = x.sum() > 9 and x or «x.sin()»",
        "y = -«x.sin()» + +x",
        "y = sum([sum([b*«a.sin()» for a in [x]]) for b in [x]])",
        "y = sum(a for a in [«x.sin()», x])",
        "y = {'k': «x.sin()»}['k']",
        "def f():\n    try:\n        raise ValueError\n    except ValueError:\n        pass\n    finally:\n"
        "        y = «x.sin()»\n    return y\ny = f()",
        "@(lambda f: f())\ndef y():\n    return «x.sin()»",
        "class Y:\n    y = «x.sin()»\ny = Y.y",
        "y = x*1\ny -= 2*«x.sin()»",
        "y = [\n  «x.sin()»,\n][0]",
        "y = (\n  x\n  + «x.sin()»\n  * 2\n)",
    ],
)
def test_a_span_is_the_expression_itself(trace: Trace, source: str) -> None:
    program, span = unmarked(X + source)
    assert the(trace, program, "SinBackward0").span == span


@pytest.mark.parametrize(
    ("source", "op"),
    [
        ("y = x.exp()\n«y *= 3»", "MulBackward0"),
        ("class S: pass\ns = S()\ns.w = x*1\n«s.w -= 0.1*x.exp()»\ny = s.w", "SubBackward0"),
        ("y = torch.zeros(2)\n«y[0] = x.sum()»", "torch::autograd::CopySlices"),
        ("y = torch.zeros(2)\n«y[\n  0\n] = \\\n  x.sum()»; z = 1", "torch::autograd::CopySlices"),
        ("y = torch.zeros(2)\nz = «y[0]» = x.sum()", "torch::autograd::CopySlices"),
        ("«y, z = x»", "UnbindBackward0"),
        ("«(y, z)», w = x, 1", "UnbindBackward0"),
        ("y = [a*1 for a in «x»][0]", "UnbindBackward0"),
        ("for y in «x»:\n    y = y*1", "UnbindBackward0"),
        ("y = torch.zeros(2)\nfor i, «y[0]» in [(0, x.sum())]:\n    pass", "torch::autograd::CopySlices"),
        ("y = torch.stack(«[*x]»)", "UnbindBackward0"),
    ],
)
def test_a_change_stands_at_the_whole_statement(trace: Trace, source: str, op: str) -> None:
    program, span = unmarked(X + source)
    assert the(trace, program, op).span == span


@pytest.mark.parametrize(
    "source",
    [
        "for i in «p»:\n    z = i",
        "for i in «parts()»:\n    z = i",
        "z = [i for i in «p»]",
        "z = [i for j in (1,) for i in «p»]",
        "z = [i for j in (1,) if j for k in (1,) for i in «parts()»]",
        "z = sum(i for j in (1,) for i in «parts()»)",
        "«i, j = parts()»",
        "«[i, *j] = parts()»",
        "z = «[*parts()]»",
        "z = «max(*parts())»",
        "with «p»:\n    z = 1",
        "with «p» as r:\n    z = 1",
        "with «Exit()» as r:\n    z = 1",
        "with torch.enable_grad() as r, «p» as s:\n    z = 1",
        "with torch.enable_grad() as r, «Exit()», torch.enable_grad():\n    z = 1",
        "try:\n    with «Exit()», torch.enable_grad():\n        1/0\nexcept ZeroDivisionError:\n    z = 1",
        "def f():\n    with «Exit()» as r, torch.enable_grad():\n        return 1\nf()",
        "for i in (1,):\n    with torch.enable_grad(), «Exit()»:\n        break",
        "if «p»:\n    z = 1",
        "if True:\n    if x is not None and «p»:\n        z = 1",
        "if x.sum() > 0 and «p» and True:\n    z = 1",
        "if not «p»:\n    z = 1",
        "while «p»:\n    break",
        "z = 1 if «p» else 2",
        "z = «p» and 1",
        "z = «p» and 1 or 2",
        "z = x is None or «p» or 3",
        "assert «p», 'false'",
        "z = [i for i in (1,) if «p»]",
        "match 1:\n    case i if «p»:\n        z = 1",
        "z = «not p»",
        "z = «p < 3»",
        "z = 1 < 2 < 3 and «p < 3» > 2",
        "z = 3 > 1 and «p < 2» < 3",
        "z = 1 < «2 in p»",
        "z = «1 in p»",
        "«p[0] = 1»",
        "«p[0] += 1»",
        "«p[0]: int = 1»",
        "«del p[0]»",
        "z = 1; del z, «p[0]»",
        "«p.a = 1»",
        "z = «p.a» = 1",
        "«del p.a»",
        "for «p.a» in (1,):\n    z = 1",
        "z = f'{«p»}'",
        "z = f'é {1} {«p»:>3}' 'and' f'{2:{3}} {x.sum()}'",
        "z = f'{1:{2}} {«p»:>{3}} {4}'",
        "z = f'''\n{1:{2}}\n  {«p»}\n'''",
        "@«p»\ndef z():\n    pass",
        "@«p»\nclass Z:\n    pass",
        "z = «p(\n  given=1,\n)»",
        "z = «p(*[1])»",
        "z = (q,\n  «p\n  (1)»)",
        "[«p(1)»\n for i in (1,)]",
    ],
)
def test_a_call_stands_where_python_was_asked_for_it(trace: Trace, source: str) -> None:
    program, span = unmarked(PROBE + source)
    assert the(trace, program, "SinBackward0").calls[1] == span


@pytest.mark.parametrize(
    "header",
    [
        "«class A»:",
        "«class A»():",
        "«class A(B)»: # a comment (with brackets)",
        "«class A(B, metaclass=type)»:",
        "«class  A(\n  B,\n  metaclass=type)»:",
    ],
)
def test_the_body_of_a_class_is_called_from_its_header(trace: Trace, header: str) -> None:
    program, span = unmarked(f"{X}class B: pass\n{header}\n    y = x.sin()\n    z = 1\ny = A.y")
    assert the(trace, program, "SinBackward0").calls == [span]


@pytest.mark.parametrize(
    ("source", "calls"),
    [
        ("net = «nn.Linear(2, 1)»", []),
        ("net = nn.Sequential(nn.Identity(),\n  «nn.Linear(\n    2, 1)»)[1]", []),
        ("net = «nn.LazyLinear(1)»; net(torch.ones(1, 2))", []),
        ("net = «nn.Linear(2, 1)»\nwith torch.no_grad():\n    net.weight.fill_(2)", []),
        ("net = nn.Linear(2, 1)\nnet = «copy.deepcopy(net)»", []),
        ("net = nn.Linear(2, 1)\nnet.weight = «nn.Parameter(torch.ones(1, 2))»", []),
        (
            "class Net(nn.Linear):\n    def __init__(self):\n        «super().__init__(2, 1)»\nnet = Net()",
            ["Net()"],
        ),
        (
            "def make():\n    return «nn.Linear(2, 1)»\nfor _ in range(2):\n    net = make()",
            ["make()"],
        ),
    ],
)
def test_a_parameter_stands_where_the_program_made_its_module(trace: Trace, source: str, calls: list[str]) -> None:
    program, span = unmarked(f"import copy\n{source}\ny = net(torch.ones(1, 2)).sum()\ny.backward()")
    leaf = trace(program).node("net.weight")
    lines = program.splitlines()
    assert leaf.span == span
    assert [lines[call.line - 1][call.column : call.end_column] for call in leaf.calls] == calls


def test_a_parameter_has_the_scope_that_it_was_made_in(trace: Trace) -> None:
    traced = trace(
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layers = nn.ModuleList([nn.Linear(1, 1, bias=False) for _ in range(2)])\n"
        "    def forward(self, x):\n        for layer in self.layers:\n            x = layer(x)\n        return x\n"
        "net = Net()\ny = net(torch.ones(1, 1)).sum()\ny.backward()"
    )
    scopes = [[(scope.name, scope.call) for scope in traced.node(f"net.layers.{n}.weight").scope] for n in (0, 1)]
    assert scopes == [[("Net.__init__", 1), ("_", 1)], [("Net.__init__", 1), ("_", 2)]]


@pytest.mark.parametrize("change", ["w.fill_(3)", "w.data.fill_(3)", "w += 2", "w[:] = 3", "w.data = w.data + 2"])
def test_a_leaf_stands_where_it_was_made_whatever_changed_it_since(trace: Trace, change: str) -> None:
    program, span = unmarked(
        f"w = «torch.ones(2, requires_grad=True)»\nwith torch.no_grad():\n    {change}\ny = (w*w).sum()"
    )
    leaf = trace(program, root="y").node("w")
    assert (leaf.span, leaf.outputs[0].value and leaf.outputs[0].value.values) == (span, [3, 3])


COMPUTING = frozenset(
    "CALL BINARY_OP COMPARE_OP CONTAINS_OP UNARY_NEGATIVE UNARY_NOT BINARY_SUBSCR STORE_SUBSCR STORE_ATTR GET_ITER"
    " FOR_ITER UNPACK_SEQUENCE FORMAT_VALUE".split()
)
SOURCES = [*sorted(EXAMPLES.glob("*.py")), *sorted(Path(__file__).parent.glob("test_*.py"))]


def is_python(text: str) -> bool:
    for whole in (f"({text}\n)", text, f"{text}: pass"):
        try:
            ast.parse(whole)
        except SyntaxError:
            continue
        return True
    return False


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_whatever_computes_something_stands_at_a_piece_of_python(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    lines = source.split("\n")
    spans = Spans(InstructionSpans(Syntax(source, str(path))))
    waiting = [compile(source, str(path), "exec")]
    seen = 0
    for code in waiting:
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
        for instruction in range(0, len(code.co_code), 2):
            span = spans.at(code, instruction)
            if opname[code.co_code[instruction]] not in COMPUTING or span is None:
                continue
            rows = lines[span.line - 1 : span.end_line]
            rows[-1] = rows[-1][: span.end_column]
            rows[0] = rows[0][span.column :]
            text = "\n".join(rows)
            assert is_python(text), text
            seen += 1
    assert seen > 0
