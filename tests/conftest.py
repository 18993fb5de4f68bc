"""What all tests share."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests and async fixtures of any scope on asyncio, which the server runs on."""
    return "asyncio"
