"""The layers of confinement in this process, with the kernel's answers given by the test; the real ones are put up in
the children of tests/escape."""

import errno
import os
import resource
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
from chainrule.limits import Limits
from chainrule.protocol.frames import SetupOrder
from chainrule.worker.confine import (
    Confinement,
    ConfinementError,
    confine,
    descriptors,
    identity,
    landlock,
    layers,
    namespaces,
    system,
)
from chainrule.worker.confine import limits as resource_limits

PLACE = Confinement(keep=5, parent=1234)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """Every call that would change this process is noted instead."""
    made: list[tuple[object, ...]] = []

    def note(name: str) -> object:
        return lambda *arguments, **named: made.append((name, *arguments))

    for module in (identity, landlock, layers, namespaces):
        for name in ("prctl", "unshare"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, note(name))
    kernel = SimpleNamespace(**{name: getattr(os, name) for name in dir(os) if not name.startswith("__")})
    for name in ("setgroups", "setresgid", "setresuid", "fchdir", "chroot", "dup2", "closerange", "close"):
        setattr(kernel, name, note(name))
    kernel.getppid = lambda: PLACE.parent
    kernel.geteuid = lambda: 0
    for module in (identity, descriptors, layers, namespaces):
        monkeypatch.setattr(module, "os", kernel)
    monkeypatch.setattr(identity, "syscall", note("syscall"))
    monkeypatch.setattr(landlock, "syscall", lambda *arguments: made.append(("landlock", *arguments)) or 7)
    monkeypatch.setattr(layers, "syscall", lambda *arguments: made.append(("syscall", *arguments)) or 0)
    monkeypatch.setattr(resource, "setrlimit", note("setrlimit"))
    monkeypatch.setattr(descriptors, "prefer_to_be_killed", lambda: "first")
    monkeypatch.setattr(layers.mappings, "open_list", lambda: 8)
    monkeypatch.setattr(layers.mappings, "refuse_written_code", lambda *given: made.append(("mappings", *given)) or "")
    return made


def names(made: list[tuple[object, ...]]) -> list[object]:
    return [call[0] for call in made]


def test_every_layer_is_put_up_and_the_memory_is_looked_at_last(calls: list[tuple[object, ...]]) -> None:
    report = confine(SetupOrder.of(Limits()), PLACE)
    assert all(layer.active for layer in report)
    assert [layer.name for layer in report][-3:] == ["rlimits", "seccomp", "memory"]
    assert names(calls[-2:]) == ["syscall", "mappings"]
    assert calls[-1][1:] == (8,)


def test_a_layer_that_is_left_out_says_so(calls: list[tuple[object, ...]]) -> None:
    report = {layer.name: layer for layer in confine(SetupOrder.of(Limits(), without=("seccomp", "landlock")), PLACE)}
    assert not report["seccomp"].active
    assert report["seccomp"].detail == "switched off"
    assert "syscall" not in names(calls[-2:])


def failing(number: int) -> object:
    def fail(*arguments: object) -> int:
        raise OSError(number, os.strerror(number))

    return fail


def test_without_seccomp_nothing_is_run(calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "syscall", failing(errno.ENOSYS))
    monkeypatch.setattr(landlock, "syscall", failing(errno.ENOSYS))
    with pytest.raises(ConfinementError, match="seccomp: Function not implemented"):
        confine(SetupOrder.of(Limits()), PLACE)


def test_on_an_unknown_machine_nothing_is_run(calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "this_machine", lambda: None)
    with pytest.raises(ConfinementError, match="not known here"):
        confine(SetupOrder.of(Limits()), PLACE)


def test_an_operator_may_go_on_without_it(calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "syscall", failing(errno.ENOSYS))
    report = {layer.name: layer for layer in confine(SetupOrder.of(Limits(), insecure=True), PLACE)}
    assert not report["seccomp"].active
    assert report["seccomp"].detail == "Function not implemented"


def test_landlock_is_optional_and_reported(calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", failing(errno.EOPNOTSUPP))
    report = {layer.name: layer for layer in confine(SetupOrder.of(Limits()), PLACE)}
    assert not report["landlock"].active
    assert report["seccomp"].active


@pytest.mark.parametrize(
    ("abi", "rights", "tcp", "scopes", "size"),
    [(1, 13, 0, 0, 8), (2, 14, 0, 0, 8), (3, 15, 0, 0, 8), (4, 15, 3, 0, 16), (5, 16, 3, 0, 16), (7, 16, 3, 3, 24)],
)
def test_landlock_denies_all_that_its_version_can(abi: int, rights: int, tcp: int, scopes: int, size: int) -> None:
    rules = landlock.ruleset(abi)
    assert (rules.files, rules.tcp, rules.scopes) == (2**rights - 1, tcp, scopes)
    assert landlock.size(abi) == size


def test_limits_start_from_the_memory_that_is_there(calls: list[tuple[object, ...]]) -> None:
    limits = Limits(memory_bytes=100 * 2**20, cpu_seconds=4, answer_seconds=2.5)
    resource_limits.set_limits(limits, 50 * 2**20)
    given = {call[1]: call[2] for call in calls}
    assert given[resource.RLIMIT_AS] == (150 * 2**20, 150 * 2**20 + resource_limits.MEMORY_RESERVE_BYTES)
    program, answer = 4 + resource_limits.CPU_GRACE_SECONDS, 3
    assert given[resource.RLIMIT_CPU] == (program, program + answer)
    for nothing in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE, resource.RLIMIT_NPROC, resource.RLIMIT_NOFILE):
        assert given[nothing] == (0, 0)


def test_the_address_space_is_the_kernels_number() -> None:
    kilobytes = int(Path("/proc/self/status").read_text().split("VmSize:")[1].split()[0])
    assert resource_limits.address_space() == pytest.approx(kilobytes * 1024, rel=0.2)


def test_root_becomes_a_user_that_is_nobody_else(
    calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert identity.become_another_user(3) == f"user {identity.FIRST_UID + 3}"
    assert identity.become_another_user(identity.UIDS + 3) == f"user {identity.FIRST_UID + 3}"
    assert names(calls)[:3] == ["setgroups", "setresgid", "setresuid"]


def test_where_few_users_are_mapped_it_becomes_nobody(
    calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_group(user: int, *others: int) -> None:
        if user != identity.NOBODY:
            raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(identity.os, "setresgid", set_group)
    assert identity.become_another_user(0) == "user 65534"


def test_where_no_other_user_is_mapped_it_is_reported(
    calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity.os, "setresgid", failing(errno.EINVAL))
    with pytest.raises(PermissionError, match="no other user"):
        identity.become_another_user(0)
    monkeypatch.setattr(identity.os, "setresgid", failing(errno.EPERM))
    with pytest.raises(OSError, match="not permitted"):
        identity.become_another_user(0)


def test_who_is_not_root_stays_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(PermissionError, match="not started as root"):
        identity.become_another_user(0)


def test_all_capabilities_are_dropped_and_those_above_the_last_are_not_missed(
    calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped = []

    def drop(option: int, capability: int) -> None:
        if capability > 40:
            raise OSError(errno.EINVAL, "Invalid argument")
        dropped.append(capability)

    monkeypatch.setattr(identity, "prctl", drop)
    assert identity.drop_capabilities("x86_64") == "none left"
    assert dropped == list(range(41))
    assert calls[-1][:2] == ("syscall", identity.CAPSET["x86_64"])


def test_a_child_whose_parent_is_gone_already_ends(
    calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []
    monkeypatch.setattr(identity.os, "_exit", ended.append)
    identity.die_with_parent(PLACE.parent)
    assert ended == []
    identity.die_with_parent(PLACE.parent + 1)
    assert ended == [1]
    assert calls[0] == ("prctl", 1, signal.SIGKILL)


def test_the_empty_folder_is_nowhere() -> None:
    folder = identity.empty_folder()
    try:
        assert os.listdir(folder) == []
        with pytest.raises(FileNotFoundError):
            os.mkdir("new", dir_fd=folder)
    finally:
        os.close(folder)


def test_root_leaves_the_namespaces_one_by_one(
    calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(flag: int) -> None:
        if flag == namespaces.NAMESPACES["mount"]:
            raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(namespaces, "unshare", leave)
    left, refused = namespaces.leave_namespaces()
    assert left == ["network", "process", "ipc", "host name"]
    assert refused == "mount: Operation not permitted"


def test_another_user_needs_a_user_namespace_for_it(
    calls: list[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    written: dict[str, str] = {}
    monkeypatch.setattr(namespaces.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(namespaces.os, "getegid", lambda: 100)
    monkeypatch.setattr(namespaces, "_write", written.__setitem__)
    left, refused = namespaces.leave_namespaces()
    assert (left, refused) == (list(namespaces.NAMESPACES), "")
    assert written["/proc/self/uid_map"] == "0 1000 1"
    assert written["/proc/self/gid_map"] == "0 100 1"
    monkeypatch.setattr(namespaces, "unshare", failing(errno.ENOSPC))
    assert namespaces.leave_namespaces() == ([], "user namespaces: No space left on device")


def test_only_one_descriptor_is_kept(calls: list[tuple[object, ...]]) -> None:
    descriptors.close_all_but(7, null=9)
    assert [call[1:] for call in calls if call[0] == "dup2"] == [(9, 0), (9, 1), (9, 2)]
    assert [call[1:] for call in calls if call[0] == "closerange"] == [(3, 7), (8, 65_536)]


def test_what_the_confinement_reads_is_kept_for_now(calls: list[tuple[object, ...]]) -> None:
    descriptors.close_all_but(7, 9, 12)
    descriptors.close_all_but(7, 9, -1)
    closed = [call[1:] for call in calls if call[0] == "closerange"]
    assert closed == [(3, 7), (8, 12), (13, 65_536), (3, -1), (3, 7), (8, 65_536)]


def test_a_refused_call_is_an_error_with_its_reason() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        system.prctl(-1, 0)
    with pytest.raises(OSError, match="not implemented"):
        system.syscall(10_000)
    with pytest.raises(OSError, match="Invalid argument"):
        system.unshare(1)
    assert system.syscall(39 if os.uname().machine == "x86_64" else 172) == os.getpid()


def test_the_namespace_file_is_written(tmp_path: Path) -> None:
    namespaces._write(str(tmp_path / "map"), "0 1000 1")
    assert (tmp_path / "map").read_text() == "0 1000 1"
