"""The server keeps what its OpenAPI document promises, whatever is sent to it."""

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.web.counting import SETTINGS
from tests.web.running import running_server

EACH = 6
"""Requests made up for each operation."""

# Not asked: that whatever fits the schema is accepted. No schema says which texts are programs.


def test_every_answer_is_one_that_the_document_describes() -> None:
    broken: list[str] = []
    with running_server(SETTINGS) as (host, port):
        document = schemathesis.openapi.from_url(f"http://{host}:{port}/openapi.json", wait_for_schema=60)
        operations = [result.ok() for result in document.get_all_operations()]
        assert len(operations) > 25
        for operation in operations:

            @given(case=operation.as_strategy())
            @settings(
                max_examples=EACH,
                deadline=None,
                derandomize=True,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            def keeps_its_promise(case: Case) -> None:
                case.call_and_validate(excluded_checks=[positive_data_acceptance])

            try:
                keeps_its_promise()
            except FailureGroup as failures:
                broken.append(f"{operation.label}: {[str(one) for one in failures.exceptions]}")
    assert not broken, "\n\n".join(broken)
