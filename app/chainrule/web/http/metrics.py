"""What an operator watches: counts and times, in the text format of Prometheus."""

import resource
from collections.abc import Callable
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from chainrule.pipeline import Pipeline
from chainrule.sandbox.metrics import PoolFigures
from chainrule.web.http.held_memory import HeldMemory

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counts and times of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "chainrule_requests", "Requests answered.", ["method", "route", "status"], registry=self._registry
        )
        self._stages = Histogram(
            "chainrule_stage_seconds",
            "Time of a stage: execute is the sandbox with its queue, draw is drawing, layout Graphviz's part of it.",
            ["stage", "outcome"],
            registry=self._registry,
            buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
        )

    def count_request(self, method: str, route: str, status: int) -> None:
        """Count an answer; ``route`` is the pattern, so that nobody's program stands in it."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()

    def observe_stage(self, stage: str, outcome: str, seconds: float) -> None:
        """Count a stage of the pipeline and its time; an execution's outcome is "ok" or a problem's slug."""
        self._stages.labels(stage, outcome).observe(seconds)

    def watch(self, pipeline: Pipeline) -> None:
        """Have the state of the caches read whenever the metrics are."""
        for name, cache in (("traces", pipeline.traces), ("drawings", pipeline.drawings)):
            for figure, help_text in (
                ("hits", "Answers found in the cache."),
                ("misses", "Answers not found in the cache."),
                ("size_bytes", "Memory of the cache."),
            ):
                gauge = Gauge(f"chainrule_cache_{name}_{figure}", help_text, registry=self._registry)
                gauge.set_function(partial(getattr, cache, figure))
        waiting = Gauge("chainrule_under_way", "Executions and drawings under way.", registry=self._registry)
        waiting.set_function(lambda: pipeline.under_way)

    def watch_held(self, held: HeldMemory) -> None:
        """Have what connections hold, and the memory of the whole process, read whenever the metrics are."""
        for name, help_text in (
            ("bodies", "Memory of the bodies of requests that are not answered yet."),
            ("answers", "Memory of answers that are not taken yet."),
        ):
            gauge = Gauge(f"chainrule_held_{name}_bytes", help_text, registry=self._registry)
            gauge.set_function(partial(getattr, held, name))
        whole = Gauge(
            "chainrule_process_resident_bytes", "Memory of the server's own process.", registry=self._registry
        )
        whole.set_function(_resident_bytes)

    def watch_pool(self, figures: Callable[[], PoolFigures]) -> None:
        """Have the state of the sandbox read whenever the metrics are."""
        for name, help_text in (
            ("running", "Programs that run now."),
            ("waiting", "Requests that wait for their turn now."),
            ("retries", "Requests given to another child because the first was lost before it had started."),
            ("starts", "How often what makes the children was started."),
            ("waited_seconds", "Time that requests waited for their turn, summed."),
            ("run_seconds", "Time that programs ran, summed."),
        ):
            gauge = Gauge(f"chainrule_sandbox_{name}", help_text, registry=self._registry)
            gauge.set_function(lambda name=name: getattr(figures(), name))  # type: ignore[misc]  # a known field

    def text(self) -> bytes:
        """Return everything in the text format."""
        return generate_latest(self._registry)


def _resident_bytes() -> int:
    """Return the memory that this process has, as the kernel counts it; 0 where that is not told."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
