"""What these tests trace with is closed at their end."""

from collections.abc import Iterator

import pytest
from chainrule.library import close_shared


@pytest.fixture(scope="package", autouse=True)
def closed_pipeline() -> Iterator[None]:
    yield
    close_shared()
