"""What the page shows does not depend on how fast this machine is."""

import math

import pytest
from chainrule import pipeline


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every program run again at once for what the inspector shows."""
    monkeypatch.setattr(pipeline, "QUICK_SECONDS", math.inf)
