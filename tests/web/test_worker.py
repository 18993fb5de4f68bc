"""The server whose worker is somewhere else, and not there."""

from pathlib import Path

import pytest
from chainrule.sandbox.remote import client as remote
from chainrule.settings import Settings
from chainrule.web import create_app
from chainrule.web.api import health
from starlette.testclient import TestClient


@pytest.mark.parametrize(("patience", "seconds"), [(-1.0, 10.0), (60.0, 0.05)], ids=["for long", "just now"])
def test_a_server_without_its_worker_says_so(
    patience: float, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "RETURN_SECONDS", patience)
    monkeypatch.setattr(health, "PATIENCE_SECONDS", seconds)
    settings = Settings(worker_socket=str(tmp_path / "nothing"))
    with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
        assert answer.status_code == 503
        problem = answer.json()
        assert problem["type"] == "/problems/sandbox"
        assert problem["detail"] == "The worker that runs programs cannot be reached: No such file or directory"
        assert "chainrule_sandbox_running 0.0" in client.get("/metrics").text
