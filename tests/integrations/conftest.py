"""What the documents of these tests are drawn with is closed at their end."""

from collections.abc import Iterator

import pytest
from chainrule.integrations.studio import open_studio


@pytest.fixture(scope="session", autouse=True)
def closed_studio() -> Iterator[None]:
    yield
    if open_studio.cache_info().currsize:
        open_studio("").close()
        open_studio.cache_clear()
