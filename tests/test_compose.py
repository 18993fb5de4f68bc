"""compose.yaml and Dockerfile, read: every wall is there, and what they name exists."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from chainrule.cli.main import make_parser
from chainrule.limits import Limits
from chainrule.settings import Settings

from tests import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SOCKET = "/run/chainrule/worker.sock"

each_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES.keys())


def environment_of(service: dict[str, Any], **environ: str) -> dict[str, str]:
    """Return what a service finds in its environment, variables filled in as Compose does."""

    def fill(match: re.Match[str]) -> str:
        return environ.get(match[1], match[2])

    return {name: re.sub(r"\$\{(\w+):-([^}]*)\}", fill, str(value)) for name, value in service["environment"].items()}


@each_service
def test_every_container_is_hardened(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "devices", "pid", "ipc", "userns_mode", "extra_hosts"} & service.keys()
    assert service["user"] == "10001:10001"
    assert service["pids_limit"] <= 256
    assert service["mem_limit"] == service["memswap_limit"]
    assert service["init"] is True
    assert all("noexec,nosuid,nodev" in entry and "size=" in entry for entry in service["tmpfs"])


def test_the_worker_has_no_network() -> None:
    assert SERVICES["worker"]["network_mode"] == "none"
    assert not {"ports", "expose", "networks"} & SERVICES["worker"].keys()


def test_nothing_of_the_machine_is_mounted_but_the_socket() -> None:
    assert SERVICES["worker"]["volumes"] == ["socket:/run/chainrule"]
    assert SERVICES["web"]["volumes"] == ["socket:/run/chainrule:ro"]
    assert COMPOSE["volumes"].keys() == {"socket"}


def test_the_page_is_reached_from_this_machine_alone() -> None:
    assert [port.split(":")[0] for port in SERVICES["web"]["ports"]] == ["127.0.0.1"]


def test_both_have_the_same_limits_and_the_same_socket() -> None:
    web, worker = (Settings.from_environment(environment_of(SERVICES[name])) for name in ("web", "worker"))
    assert web.limits == worker.limits == Limits()
    assert web.worker_socket == worker.worker_socket == SOCKET
    assert web.host == "0.0.0.0"
    assert web.allowed_hosts == ("localhost", "127.0.0.1")


def test_its_health_check_is_let_in_whatever_hosts_are_allowed() -> None:
    web = Settings.from_environment(environment_of(SERVICES["web"], CHAINRULE_ALLOWED_HOSTS="example.org"))
    assert web.allowed_hosts == ("example.org", "127.0.0.1")
    assert "http://127.0.0.1:8000/readyz" in SERVICES["web"]["healthcheck"]["test"][-1]


@each_service
def test_every_variable_is_a_setting_and_every_command_exists(service: dict[str, Any]) -> None:
    known = {f"CHAINRULE_{field.name.upper()}" for field in (*fields(Settings), *fields(Limits))}
    assert set(service["environment"]) <= known
    assert service["command"][0] == "chainrule"
    make_parser().parse_args(service["command"][1:])
    compile(service["healthcheck"]["test"][-1], "healthcheck", "exec")


def test_the_image_has_the_user_and_the_folder_of_the_socket() -> None:
    assert "--uid 10001" in DOCKERFILE
    assert "--gid 10001" in DOCKERFILE
    assert f"install --directory --owner=chainrule --group=chainrule --mode=0750 {Path(SOCKET).parent}" in DOCKERFILE
    copied = re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert all((ROOT / name).exists() for line in copied for name in line.split())
