"""What was run, for an operator who asked for it: a line of JSON for each program, its source in it."""

import json
import logging

from chainrule.pipeline import Executor
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.web.http.rate_limits import REQUEST_ID

LOG = logging.getLogger("chainrule.programs")


class ExecutionLog:
    """Runs programs elsewhere, and writes down which and what came of each.

    Args:
        executor: runs them.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    async def execute(self, program: Program) -> ExecutionAnswer:
        """Run a program and return its answer; a program that no answer came of is written down as well."""
        outcome = "none"
        try:
            answer = await self._executor.execute(program)
            outcome = next((problem.slug for problem in answer.problems if problem.severity == "error"), "ok")
        finally:
            line = {"request_id": REQUEST_ID.get(), "outcome": outcome, **program.as_json()}
            LOG.info(json.dumps(line))
        return answer
