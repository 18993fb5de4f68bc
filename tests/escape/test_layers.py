"""What each layer holds back by itself, and what gets through where it is missing: no layer is decoration."""

import json
import os
import subprocess
import sys

import pytest
from chainrule.errors import SandboxError
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.settings import Settings

from tests import ROOT
from tests.escape.canaries import Canaries
from tests.escape.catalogue import PROGRAMS, past_the_policy
from tests.escape.conftest import LIMITS

ALL_LAYERS = (
    *("namespaces", "oom", "root-folder", "descriptors", "user", "capabilities", "parent-death", "not-dumpable"),
    *("no-new-privileges", "landlock", "rlimits", "seccomp", "memory"),
)

EXPECTED = {
    "seccomp": ("EPERM", "mapped"),
    "memory": ("not confined", "written"),
    "landlock": ("EACCES", "read"),
    "root-folder": ("EACCES", "found"),
    "user": ("EACCES", "private"),
    "capabilities": ("EPERM", "changed"),
    "rlimits": ("MemoryError", str(2**30)),
    "descriptors": ("EBADF", "at 0"),
    "no-new-privileges": ("1", "0"),
    "not-dumpable": ("0", "1"),
    "parent-death": ("9", "0"),
    "oom": ("1000", "0"),
    "namespaces": ("ENETUNREACH", "connected"),
}
"""What a probe meets behind the layer, and without it."""
NEEDS_ROOT = {"root-folder", "user", "capabilities", "namespaces"}

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="programs are confined on Linux only")


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    private = tmp_path_factory.mktemp("private") / "file"
    private.write_text("private")
    private.chmod(0o600)
    result = subprocess.run(
        [sys.executable, "-m", "tests.escape.layer_probe", str(private)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return json.loads(result.stdout.splitlines()[-1])


@linux_only
@pytest.mark.parametrize("layer", EXPECTED)
def test_a_layer_alone_holds_it_back_and_without_it_it_gets_through(layer: str, probed: dict[str, list[str]]) -> None:
    if layer in NEEDS_ROOT and os.geteuid() != 0:
        pytest.skip(f"the layer {layer!r} is put up by root only")
    behind, without = EXPECTED[layer]
    if layer == "landlock" and probed[layer][0] == without:
        pytest.skip("this kernel has no Landlock")
    assert probed[layer] == [behind, without]


@linux_only
def test_every_layer_is_probed() -> None:
    assert set(EXPECTED) == set(ALL_LAYERS)


@linux_only
async def test_without_any_wall_the_harmless_ones_among_the_hostile_programs_get_through() -> None:
    """The programs work: what stops them elsewhere is the walls."""
    canaries = Canaries()
    through = {}
    pool = Pool(Settings(limits=LIMITS, insecure_local=True, workers=2), without=ALL_LAYERS)
    try:
        await pool.start()
        for program in (program for program in PROGRAMS if program.unconfined):
            answer = await pool.execute(Program(canaries.fill(past_the_policy(program))))
            through[program.id] = any("ESCAPED" in line.text for line in answer.console)
    finally:
        await pool.stop()
        touched = canaries.touched()
        canaries.close()
    stopped = [name for name, escaped in through.items() if not escaped]
    assert len(through) >= 25
    assert len(stopped) <= 3, stopped
    assert any("the folder has" in entry for entry in touched)
    assert any("connected" in entry for entry in touched)


@linux_only
async def test_it_does_not_start_where_a_required_layer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(Settings(limits=LIMITS, host="0.0.0.0"), without=("seccomp",))
    try:
        with pytest.raises(SandboxError, match="loopback only"):
            await pool.start()
    finally:
        await pool.stop()
