"""`random`: Python's own generator, which the run has seeded. A seed that would come from the machine is 0."""

import random as real

__all__ = ["Random", "betavariate", "choice", "choices", "expovariate", "gammavariate", "gauss", "getstate"]
__all__ += ["lognormvariate", "normalvariate", "paretovariate", "randint", "random", "randrange", "sample", "seed"]
__all__ += ["setstate", "shuffle", "triangular", "uniform", "vonmisesvariate", "weibullvariate"]

Seed = int | float | str | bytes | bytearray | None

betavariate, choice, choices, expovariate = real.betavariate, real.choice, real.choices, real.expovariate
gammavariate, gauss, lognormvariate = real.gammavariate, real.gauss, real.lognormvariate
normalvariate, paretovariate, randint, random = real.normalvariate, real.paretovariate, real.randint, real.random
randrange, sample, shuffle, triangular = real.randrange, real.sample, real.shuffle, real.triangular
uniform, vonmisesvariate, weibullvariate = real.uniform, real.vonmisesvariate, real.weibullvariate
getstate, setstate = real.getstate, real.setstate


def seed(a: Seed = None, version: int = 2) -> None:
    """Seed the generator."""
    real.seed(0 if a is None else a, version)


class Random(real.Random):
    """A generator of the program's own."""

    def __init__(self, x: Seed = None) -> None:
        super().__init__(0 if x is None else x)

    def seed(self, a: Seed = None, version: int = 2) -> None:  # type: ignore[override]  # as random.Random itself
        """Seed the generator."""
        super().seed(0 if a is None else a, version)
