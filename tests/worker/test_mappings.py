"""Memory that is writable and executable is found, whatever its place in the list, and not knowing is no permission."""

import mmap
import os
import sys
from pathlib import Path

import pytest
from chainrule.worker.confine import mappings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is listed by Linux alone")

PLAIN = """\
55d0c0a00000-55d0c0a01000 r--p 00000000 fe:00 338846                     /usr/bin/python3.11
55d0c0a01000-55d0c0a02000 r-xp 00001000 fe:00 338846                     /usr/bin/a wx rwxp name
7fc43f4f4000-7fc43f514000 rw-p 00000000 00:00 0                          [heap]
"""
WRITTEN = "7fc43f4f4000-7fc43f514000 rwxp 00000000 00:00 0\n"


def listed(folder: Path, text: str) -> int:
    (folder / "maps").write_text(text)
    return os.open(folder / "maps", os.O_RDONLY)


def test_code_that_nobody_can_write_is_let_be(tmp_path: Path) -> None:
    assert mappings.refuse_written_code(listed(tmp_path, PLAIN)).startswith("none of 3 mappings")


@pytest.mark.parametrize("text", [WRITTEN, PLAIN + WRITTEN, WRITTEN + PLAIN, (PLAIN * 1_000) + WRITTEN])
def test_code_that_somebody_can_write_is_refused(text: str, tmp_path: Path) -> None:
    descriptor = listed(tmp_path, text)
    with pytest.raises(OSError, match="rwxp"):
        mappings.refuse_written_code(descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.close(descriptor)


def test_no_list_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not told"):
        mappings.refuse_written_code(-1)
    with pytest.raises(OSError, match="empty"):
        mappings.refuse_written_code(listed(tmp_path, ""))


def test_a_page_of_this_very_process_is_found() -> None:
    kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC, flags=kind)
    with page, pytest.raises(OSError, match="rwxp"):
        mappings.refuse_written_code(mappings.open_list())
