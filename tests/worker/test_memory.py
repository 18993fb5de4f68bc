import gc
import os
import sys

import pytest
from chainrule.worker import memory


@pytest.fixture(autouse=True)
def thawed() -> object:
    yield
    gc.unfreeze()


def test_what_is_there_is_kept_from_the_collector_and_keeps_its_content() -> None:
    content = {number: str(number) for number in range(100_000)}
    memory.settle_memory()
    assert gc.get_freeze_count() > 0
    assert content == {number: str(number) for number in range(100_000)}


@pytest.mark.skipif(sys.platform != "linux", reason="memory is listed by Linux alone")
def test_a_kernel_that_knows_no_such_advice_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def refuse(address: int, length: int, advice: int) -> None:
        asked.append((address, length))
        raise OSError(22, os.strerror(22))

    monkeypatch.setattr(memory, "madvise", refuse)
    memory.settle_memory()
    assert asked
    assert all(address % memory.HUGE_BYTES == 0 and length == memory.HUGE_BYTES for address, length in asked)
