"""What the compiler copies is counted before it is compiled, and too much of it is refused."""

import ast

import pytest
from chainrule.program.copies import MAX_CAPTURES, MAX_COMPILED, captures_of, compiled_size


def emitted(source: str) -> int:
    """How many times CPython wrote down the call of ``mark``."""
    pending = [compile(source, "<program>", "exec")]
    found = 0
    while pending:
        code = pending.pop()
        found += sum(1 for at in range(0, len(code.co_code), 2) if _is_mark(code, at))
        pending += [const for const in code.co_consts if hasattr(const, "co_code")]
    return found


def _is_mark(code, at: int) -> bool:  # type: ignore[no-untyped-def]
    import dis

    name = dis.opname[code.co_code[at]]
    return name == "LOAD_CONST" and code.co_consts[code.co_code[at + 1]] == "mark"


def counted(source: str) -> int:
    """How many more nodes are compiled where ``x = 'mark'`` stands than where nothing of it does, for each node."""
    with_mark, without = (compiled_size(ast.parse(source.replace("MARK", text))) for text in ("x = 'mark'", "pass"))
    return (with_mark - without) // 3  # the statement, its name with a context, and its constant: one for pass


@pytest.mark.parametrize(
    "source",
    [
        "MARK",
        "try: 0\nfinally: MARK",
        "try: 0\nfinally:\n try: 0\n finally: MARK",
        "def f():\n try:\n  if a: return\n  if b: return\n finally: MARK",
        "for i in a:\n try:\n  if a: break\n  if b: continue\n finally: MARK",
        "def f():\n try:\n  try:\n   if a: return\n  finally: 0\n finally: MARK",
        "try:\n for i in a: break\nfinally: MARK",
        "try:\n def f(): return\nfinally: MARK",
    ],
)
def test_copies_are_not_counted_too_low(source: str) -> None:
    assert counted(source) >= emitted(source.replace("MARK", "x = 'mark'")) >= 1


def test_each_level_of_finally_doubles_what_is_compiled() -> None:
    def nested(depth: int) -> str:
        return "\n".join(f"{' ' * level}try:0\n{' ' * level}finally:" for level in range(depth)) + f"\n{' ' * depth}0"

    sizes = [compiled_size(ast.parse(nested(depth))) for depth in (4, 8, 12)]
    assert 14 < sizes[1] / sizes[0] < 18
    assert 15 < sizes[2] / sizes[1] < 17


def test_a_usual_program_is_far_below_the_bounds() -> None:
    source = "try:\n for i in range(3):\n  try:\n   step()\n  finally:\n   close()\nfinally:\n end()"
    assert compiled_size(ast.parse(source)) < MAX_COMPILED / 1_000


def test_names_of_a_pattern_are_counted_as_often_as_they_stand_there() -> None:
    (match,) = ast.parse("match a:\n case [x, *y] | {'k': x, **y} | C(z=x as y): 0").body
    assert captures_of(match.cases[0].pattern) == 6
    assert MAX_CAPTURES >= 50
