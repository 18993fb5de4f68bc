"""``python -m tests.fuzz [TARGET ...] --seconds 300``: each target for so long; what fails is kept under ``seeds``."""

import argparse
import sys
import time

from hypothesis import HealthCheck, Phase, given, settings

from tests.fuzz.targets import TARGETS, refused
from tests.fuzz.test_targets import SEEDS

ROUND = 200
"""Examples between two looks at the time."""


def fuzz(name: str, seconds: float) -> bool:
    """Fuzz one target, and return whether nothing failed."""
    target, strategy, seeds = TARGETS[name]
    counts = {True: 0, False: 0}
    for seed in seeds:
        counts[refused(target, seed)] += 1

    @settings(
        max_examples=ROUND,
        deadline=None,
        database=SEEDS,
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def meet(value: object) -> None:
        counts[refused(target, value)] += 1

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            meet()
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}\n" + "\n".join(getattr(error, "__notes__", [])), flush=True)
            return False
    print(f"{name}: {counts[False]} answered, {counts[True]} refused", flush=True)
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--seconds", type=float, default=300.0)
    chosen = parser.parse_args()
    failed = [name for name in chosen.targets or TARGETS if not fuzz(name, chosen.seconds)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
