"""Attributes by name, and format strings: what comes together while a program runs leads nowhere either."""

import pytest
from chainrule.program.policy.names import BUILTINS
from chainrule.run.namespace import bindings
from chainrule.run.standins.builtins import FORMATTING

from tests.diagnose.diagnosed import run

X = "x = torch.ones(2, requires_grad=True)\ny = (x * 2).sum()\n"


def printed(source: str) -> str:
    """What a program prints; it has to end without an error."""
    answer = run(X + source)
    assert [problem.message for problem in answer.problems if problem.severity == "error"] == []
    return "".join(line.text for line in answer.console)


def raised(source: str) -> str:
    """What a program raises."""
    (found,) = [problem for problem in run(X + source).problems if problem.severity == "error"]
    return found.message or ""


@pytest.mark.parametrize(
    "expression",
    [
        "'{:.4f}'.format(1 / 3)",
        "'{0} {1:>6} {0!r} {name}'.format('a', 2, name='b')",
        "'{:{}}'.format('a', 5)",
        "'{:{width}.{digits}f}'.format(3.14159, width=9, digits=2)",
        "'{a[0]} {a[1]} {c.real}'.format(a=(1, 2), c=1j)",
        "'{{}} {}'.format(1)",
        "''.join(['{:', '.2f}']).format(0.5)",
        "str.format('{}-{}', 1, 2)",
        "list(map('<{}>'.format, [1, 2]))",
        "list(map(str.format, ['{}', '{:3}'], [1, 2]))",
        "'{a}'.format_map({'a': 1})",
        "getattr('{:d}', 'format')(7)",
        "'%s %5.2f %%' % ('a', 0.125)",
        "'%(loss).3f' % {'loss': 0.5}",
        "f'{3.14159:.2f}' + '{}'.format(1)",
        "format(1.5, '.3f')",
    ],
)
def test_texts_are_formatted_as_python_does(expression: str) -> None:
    assert printed(f"print(repr({expression}))") == repr(eval(expression)) + "\n"


@pytest.mark.parametrize("source", ["'{} {}'.format(1)", "'{'.format(1)", "'{a}'.format(b=1)", "'{:q}'.format(1)"])
def test_a_wrong_format_raises_what_python_raises(source: str) -> None:
    with pytest.raises(Exception) as real:  # noqa: PT011  # whatever it is
        eval(source)
    for program in (source, f"text = {source.partition('.')[0]}\ntext{source[source.index('.format') :]}"):
        assert raised(program) == f"{type(real.value).__name__}: {real.value}"


INTERNAL = ["__class__", "__globals__", "gi_frame", "f_globals", "storage", "_modules", "os"]


@pytest.mark.parametrize("name", INTERNAL)
@pytest.mark.parametrize(
    "source",
    [
        "t = '{0.' + name + '}'\nt.format(x)",
        "t = '{:{0.' + name + '}}'\nt.format(x)",
        "t = '{a.' + name + '}'\nt.format_map({'a': x})",
        "str.format('{0.' + name + '}', x)",
        "f = ('{0.' + name + '}').format\nf(x)",
        "getattr('{0.' + name + '}', 'for' + 'mat')(x)",
        "getattr(str, 'format')('{0.' + name + '}', x)",
        "list(map(str.format, ['{0.' + name + '}'], [x]))",
        "class T(str):\n    def show(self, *a):\n        return super().format(*a)\nT('{0.' + name + '}').show(x)",
        "class T(str):\n    @classmethod\n    def f(cls):\n        return super().format\nT.f()('{0.' + name + '}', x)",
        "class T(str): pass\nT.format(T('{0.' + name + '}'), x)",
        "('{0.' + name + '}').ｆormat(x)",
        "('{0.' + name + '}') \\\n  . format(x)",
    ],
)
def test_no_format_string_reaches_the_interpreter(source: str, name: str) -> None:
    assert f"{name!r} cannot be used in a format string" in raised(f"name = {name!r}\n{source}")


@pytest.mark.parametrize("name", INTERNAL[1:])
def test_no_name_made_by_the_program_reads_what_may_not_be_named(name: str) -> None:
    assert f"{name!r} cannot be used" in raised(f"getattr(x, ''.join({list(name)!r}))")
    assert f"{name!r} cannot be used" in raised(f"getattr(x, ''.join({list(name)!r}), None)")
    if name != "_modules":  # a program may have a name of its own like that
        assert f"{name!r} cannot be set" in raised(f"setattr(x, ''.join({list(name)!r}), 1)")


def test_a_text_that_compares_as_another_is_taken_for_what_it_is() -> None:
    source = """
class Name(str):
    def __eq__(self, other): return other == 'shape'
    def __hash__(self): return hash('shape')
    def __str__(self): return 'shape'
getattr(print, Name('__self__'))
"""
    assert "'__self__' cannot be used" in raised(source)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("getattr(torch, 'n' + 'n')", "leads out of the program"),
        ("getattr(torch, 'o' + 's')", "no access to the system"),
        ("getattr(F, 'import' + 'lib')", "no access to the system"),
        ("setattr(torch, 'si' + 'n', print)", "would change PyTorch itself"),
        ("setattr(nn.Module, 'for' + 'ward', print)", "would change PyTorch itself"),
        ("delattr([nn.Linear][0], 'for' + 'ward')", "would change PyTorch itself"),
        ("class A: pass\nsetattr(A, '__get' + 'attr__', print)", "choose another name"),
        ("getattr(x, 3)", "attribute name must be string"),
    ],
)
def test_no_name_made_by_the_program_leads_out_of_it(source: str, words: str) -> None:
    assert words in raised(source)


def test_attributes_by_name_are_those_by_a_dot() -> None:
    source = """
class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        for i in range(n):
            setattr(self, f"fc{i}", nn.Linear(2, 2))
        self._n = n

    def forward(self, x):
        for i in range(getattr(self, "_n")):
            x = getattr(F, "re" + "lu")(getattr(self, "fc%d" % i)(x))
        return x + self.fc0.bias

net = Net(3)
print(sum(p.numel() for p in net.parameters()), hasattr(net, "fc2"), hasattr(net, "fc3"), hasattr(torch, "compile"))
optimizer = getattr(optim, "SGD")(net.parameters(), lr=0.1)
print(type(optimizer).__name__, getattr(net, "missing", None), getattr(net, "_" + "n"))
net(torch.ones(1, 2)).sum().backward()
delattr(net, "fc2")
print(hasattr(net, "fc2"))
"""
    assert printed(source) == "18 True False True\nSGD None 3\nFalse\n"


def test_tensor_operations_within_a_format_are_recorded_where_they_stand() -> None:
    answer = run(X + "template = 'loss {:.2f}'\nprint(template.format((y * 3).item()))\ny.backward()")
    assert [line.text for line in answer.console] == ["loss 12.00\n"]
    assert [line.line for line in answer.console] == [4]


def test_what_the_program_cannot_name_is_not_among_its_names() -> None:
    assert FORMATTING not in BUILTINS
    assert FORMATTING in bindings()["__builtins__"]
    assert not FORMATTING.isidentifier()
