"""``chainrule check``: does this installation work?"""

import argparse
import asyncio
import sys
from dataclasses import fields

from chainrule.errors import ChainruleError
from chainrule.layout import make_engine
from chainrule.pipeline import Pipeline, versions
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions
from chainrule.sandbox import make_pool
from chainrule.settings import Settings
from chainrule.words.numbers import say_count


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.set_defaults(run=check)


def check(arguments: argparse.Namespace) -> int:
    """Run and draw a program, and tell the versions, the layers of the sandbox and the limits."""
    return asyncio.run(_check(Settings.from_environment()))


async def _check(settings: Settings) -> int:
    for name, version in versions().items():
        print(f"{name:<12} {version}")
    pool = make_pool(settings)
    try:
        await pool.start()
        engine = make_engine(settings)
        pipeline = Pipeline(settings, pool, engine)
        trace = await pipeline.trace(Program("(2 * x ** 3).sum() / 12", {"x": [1.0, 2.0, 3.0]}))
        await pipeline.draw(trace, "svg", ViewOptions())
        print("\nsandbox")
        for layer in pool.report():
            print(f"  {'on ' if layer.active else 'OFF'} {layer.name}{f': {layer.detail}' if layer.detail else ''}")
        print(f"\nlayout\n  on  {engine.name}\n\nlimits")
        for field in fields(settings.limits):
            print(f"  {field.name:<16} {say_count(getattr(settings.limits, field.name))}")
    except ChainruleError as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 1
    finally:
        await pool.stop()
    print("\nA program was run in the sandbox and drawn: this installation works.")
    return 0
