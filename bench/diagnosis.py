"""How often problems are told rightly: precision and recall over the programs of ``tests/cases`` and the catalogue.

A problem that is told (an error, a warning, or the kind that is looked for) is right where the program has that
mistake. Precision is the part of what is told that is right, recall the part of the mistakes that are told. What a fix
is worth is held against a run of the program with it.
"""

from pathlib import Path

from chainrule.limits import Limits
from chainrule.problems import PROBLEMS
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.proof import apply_fix, is_mended
from chainrule.run.execute import execute

from tests.cases.mistakes import COUNTER, MISTAKES

LIMITS = Limits(wall_seconds=120.0, cpu_seconds=120, answer_seconds=120)
CORRECT = Path(__file__).parent.parent / "tests" / "cases" / "correct"


def run(source: str) -> ExecutionAnswer:
    """Execute a program in this process."""
    return execute(check(Program(source), LIMITS).program, LIMITS)


def main() -> None:
    """Print the figures, and every program that does not hold."""
    correct = {path.stem: path.read_text(encoding="utf-8") for path in sorted(CORRECT.glob("*.txt"))} | COUNTER
    mistaken = {title: (source, slug) for title, (source, slug, _) in MISTAKES.items()}
    for kind in PROBLEMS.values():
        if kind.example and kind.status is None and not kind.slug.endswith("-limit"):
            mistaken[f"example of {kind.slug}"] = (kind.example, kind.slug)
    right = wrong = missed = fixes = mended = 0
    for title, source in correct.items():
        told = [one.slug for one in run(source).problems if one.severity != "notice"]
        wrong += len(told)
        if told:
            print(f"{title}: told {', '.join(told)}")
    for title, (source, slug) in mistaken.items():
        answer = run(source)
        told = [one.slug for one in answer.problems if one.severity != "notice" or one.slug == slug]
        right, wrong, missed = (
            right + told.count(slug),
            wrong + len(told) - told.count(slug),
            missed + (slug not in told),
        )
        if slug not in told or len(told) > told.count(slug):
            print(f"{title}: told {', '.join(told) or 'nothing'} for {slug}")
        for problem in answer.problems:
            for fix in problem.fixes:
                fixes += 1
                mended += is_mended(answer, problem, run(apply_fix(source, fix)))
    found = len(mistaken) - missed
    print(f"{len(correct)} correct programs, {len(mistaken)} mistakes")
    print(f"precision {right}/{right + wrong}, recall {found}/{len(mistaken)}")
    print(f"fixes that were thought of {fixes}, of which a run proves {mended}; no other is offered")


if __name__ == "__main__":
    main()
