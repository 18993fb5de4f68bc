"""A pipeline with an event loop of its own, for callers that have none or cannot wait in theirs."""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

from chainrule.errors import ChainruleError
from chainrule.layout import Engine, make_engine
from chainrule.pipeline import Pipeline
from chainrule.protocol.program import Program, Question
from chainrule.render import Drawing, ViewOptions
from chainrule.sandbox import make_pool
from chainrule.settings import Settings
from chainrule.traces import Trace

Result = TypeVar("Result")


class BackgroundPipeline:
    """Traces and draws with the sandbox and the engine of this installation; nothing goes over the network.

    Args:
        settings: limits, and what runs the programs.
        engine: places graphs.
    """

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chainrule", daemon=True)
        self._thread.start()
        self._pool = make_pool(settings)
        self._pipeline = Pipeline(settings, self._pool, engine)

    def start(self) -> None:
        """Start the sandbox.

        Raises:
            SandboxError: programs cannot be confined here; the message says why.
        """
        self._wait(self._pool.start())

    def trace(self, program: Program) -> Trace:
        """Execute a program in the sandbox; raises as `Pipeline.trace` does."""
        return self._wait(self._pipeline.trace(program))

    def ask(self, trace: Trace, question: Question) -> Trace:
        """Have a question about a program answered; raises as `Pipeline.ask` does."""
        return self._wait(self._pipeline.ask(trace, question))

    def try_fixes(self, trace: Trace) -> Trace:
        """Have the fixes of a program tried; raises as `Pipeline.try_fixes` does."""
        return self._wait(self._pipeline.try_fixes(trace))

    def draw(self, trace: Trace, picture_format: str, options: ViewOptions) -> Drawing:
        """Draw the graph of a trace; raises as `Pipeline.draw` does."""
        return self._wait(self._pipeline.draw(trace, picture_format, options))

    def close(self) -> None:
        """End everything that was started."""
        self._wait(self._pool.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except ChainruleError as error:  # it is about the program; where in the pipeline it was found helps nobody
            raise error.with_traceback(None) from None
        except BaseException:  # who is interrupted waits no longer
            future.cancel()
            raise


@cache
def shared_engine() -> Engine:
    """Return the engine of this process, as the environment sets it."""
    return make_engine(Settings.from_environment())


@cache
def shared_pipeline() -> BackgroundPipeline:
    """Return the pipeline of this process, started when it is first asked for.

    It may stay open to the end of the process: the sandbox ends with its parent.

    Raises:
        SandboxError: programs cannot be confined here; the message says why.
    """
    pipeline = BackgroundPipeline(Settings.from_environment(), shared_engine())
    try:
        pipeline.start()
    except BaseException:
        pipeline.close()
        raise
    return pipeline


def close_shared() -> None:
    """End what `shared_pipeline` started; it starts anew when it is asked for again."""
    if shared_pipeline.cache_info().currsize:
        shared_pipeline().close()
        shared_pipeline.cache_clear()
