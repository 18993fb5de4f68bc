"""Programs that nobody wrote: whatever they are, they get an answer or a plain no."""

from chainrule.errors import RequestError
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.escape.conftest import LIMITS, Execute

NUMBERS = st.sampled_from(["0", "1", "-2", "0.5", "1e30", "True", "3j", "10**6"])
NAMES = st.sampled_from(["x", "y", "z", "w"])
UNARY = st.sampled_from(["sin", "exp", "log", "sqrt", "relu", "sum", "mean", "abs", "F.softmax", "torch.neg"])
METHODS = st.sampled_from(["sum()", "mean()", "t()", "exp()", "detach()", "item()", "grad", "shape", "backward()", "T"])
BINARY = st.sampled_from(["+", "-", "*", "/", "**", "@", "<", "and", "%"])
LEAVES = NUMBERS | NAMES | st.sampled_from(["torch.ones(2, 2)", "tensor([1.], requires_grad=True)", "randn(3)", "[]"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds("({} {} {})".format, inner, BINARY, inner)
        | st.builds("{}({})".format, UNARY, inner)
        | st.builds("({}).{}".format, inner, METHODS)
        | st.builds("[{}, {}]".format, inner, inner)
        | st.builds("({})[{}]".format, inner, inner)
        | st.builds("(lambda a: {})({})".format, inner, inner)
        | st.builds("[{} for x in range(3)]".format, inner)
        | st.builds("torch.stack([{}, {}])".format, inner, inner)
    ),
    max_leaves=6,
)
STATEMENTS = st.recursive(
    st.builds("{} = {}".format, NAMES, EXPRESSIONS)
    | st.builds("{} += {}".format, NAMES, EXPRESSIONS)
    | st.builds("print({})".format, EXPRESSIONS)
    | st.builds("{}".format, EXPRESSIONS)
    | st.builds("assert {}".format, EXPRESSIONS)
    | st.builds("del {}".format, NAMES),
    lambda inner: (
        st.builds("for x in range(2):\n  {}".format, inner.filter(lambda text: "\n" not in text))
        | st.builds("if {}:\n  {}".format, EXPRESSIONS, inner.filter(lambda text: "\n" not in text))
        | st.builds("try:\n  {}\nexcept Exception as z:\n  pass".format, inner.filter(lambda text: "\n" not in text))
        | st.builds("with torch.no_grad():\n  {}".format, inner.filter(lambda text: "\n" not in text))
        | st.builds("def w(a):\n  return {}".format, EXPRESSIONS)
    ),
    max_leaves=2,
)
PROGRAMS = st.lists(STATEMENTS, min_size=1, max_size=6).map(
    lambda lines: "\n".join(["x = tensor([1., 2.], requires_grad=True)", *lines])
)


def answer_of(source: str, execute: Execute) -> ExecutionAnswer | None:
    try:
        checked = check(Program(source), LIMITS)
    except RequestError:
        return None
    return execute(checked.program.source)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=PROGRAMS)
def test_a_program_of_any_parts_gets_an_answer(source: str, execute: Execute) -> None:
    answer = answer_of(source, execute)
    ours = {"tracing-failed", "answer-invalid", "interrupted", "crash", "forbidden-call"}
    assert answer is None or not ours & {problem.slug for problem in answer.problems}, answer.problems


@settings(max_examples=200, deadline=None)
@given(source=st.text(max_size=60) | st.binary(max_size=60).map(lambda content: content.decode("latin-1")))
def test_any_text_gets_an_answer_or_a_no(source: str, execute: Execute) -> None:
    answer = answer_of(source, execute)
    assert answer is None or isinstance(answer, ExecutionAnswer)
