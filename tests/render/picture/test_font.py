"""The bundled font has what it is said to have."""

import struct

import pytest
from chainrule import assets
from chainrule.layout.measure import text
from chainrule.render.formats.typst import is_covered


def characters(weight: str) -> set[str]:
    """The characters of a font file, by its table ``cmap`` of format 12, else 4 (OpenType, "cmap")."""
    data = (assets.STATIC / "fonts" / f"JetBrainsMonoNL-{weight}.ttf").read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    records = [struct.unpack_from(">4sLLL", data, 12 + 16 * number) for number in range(tables)]
    start = next(offset for tag, _, offset, _ in records if tag == b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    offsets = {start + struct.unpack_from(">HHL", data, start + 4 + 8 * number)[2] for number in range(count)}
    formats = {struct.unpack_from(">H", data, offset)[0]: offset for offset in offsets}
    found: set[int] = set()
    if 12 in formats:
        (groups,) = struct.unpack_from(">L", data, formats[12] + 12)
        for number in range(groups):
            first, last, _ = struct.unpack_from(">LLL", data, formats[12] + 16 + 12 * number)
            found.update(range(first, last + 1))
    else:
        (twice,) = struct.unpack_from(">H", data, formats[4] + 6)
        ends = struct.unpack_from(f">{twice // 2}H", data, formats[4] + 14)
        starts = struct.unpack_from(f">{twice // 2}H", data, formats[4] + 16 + twice)
        for first, last in zip(starts, ends, strict=True):
            found.update(range(first, last + 1))
    return {chr(number) for number in found}


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_what_is_set_without_other_fonts_is_in_the_bundled_one(weight: str) -> None:
    own = characters(weight)
    assert {"x", "×", "…", "∞"} <= own
    every = [chr(number) for number in range(32, 0x3000) if chr(number).isprintable()]
    assert [sign for sign in every if is_covered(sign) and sign not in own] == []
    assert [sign for sign in every if text.fitted(sign, 12) is None and sign not in own] == []
