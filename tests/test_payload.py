"""A program as part of a URL."""

import base64
import zlib

import pytest
from chainrule.errors import PayloadInvalidError, SourceTooLongError
from chainrule.payload import decode, encode
from hypothesis import given
from hypothesis import strategies as st


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_what_was_encoded_is_decoded(source: str) -> None:
    assert decode(encode(source), 10_000) == source


def test_the_payload_is_the_one_that_two_lines_of_python_make() -> None:
    source = "x = tensor([1., 2.], requires_grad=True)\n"
    payload = base64.urlsafe_b64encode(zlib.compress(source.encode(), 9)).decode()
    assert decode(payload, 100) == source
    assert encode(source) == payload.rstrip("=")


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ("", "base64url"),
        ("a b", "base64url"),
        ("abc+/", "base64url"),
        ("é", "base64url"),
        ("A", "base64url"),
        (packed(b"no zlib at all"), "not zlib"),
        (packed(zlib.compress(b"x * x")[:-3]), "cut short"),
        (packed(zlib.compress(b"x * x") + b"more"), "something after"),
        (packed(zlib.compress(b"\xff\xfe")), "not UTF-8"),
    ],
)
def test_a_broken_payload_says_what_is_broken(payload: str, reason: str) -> None:
    with pytest.raises(PayloadInvalidError, match=reason):
        decode(payload, 1_000)


def test_a_bomb_is_not_inflated() -> None:
    bomb = packed(zlib.compress(b"#" * 50_000_000, 9))
    assert 40_000 < len(bomb) < 80_000
    with pytest.raises(SourceTooLongError, match="20,000 bytes"):
        decode(bomb, 20_000)


def test_a_program_of_exactly_the_limit_fits() -> None:
    assert len(decode(encode("#" * 500), 500)) == 500
    with pytest.raises(SourceTooLongError):
        decode(encode("#" * 501), 500)
