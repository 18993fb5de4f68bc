"""A program as part of a URL: base64url of zlib of its UTF-8 text, as Kroki has it."""

import base64
import binascii
import re
import zlib

from chainrule.errors import PayloadInvalidError, SourceTooLongError

ALPHABET = re.compile(r"[A-Za-z0-9_-]+={0,2}")


def encode(source: str) -> str:
    """Return the payload that carries ``source``, without padding.

    >>> encode("x * x")
    'eNqrUNBSqAAABBMBWw'
    """
    return base64.urlsafe_b64encode(zlib.compress(source.encode("utf-8"), 9)).decode("ascii").rstrip("=")


def decode(payload: str, source_bytes: int) -> str:
    """Return the program that a payload carries; no more than ``source_bytes`` are ever inflated.

    Raises:
        PayloadInvalidError: it is not base64url, not zlib, cut short, or not UTF-8.
        SourceTooLongError: the program is over ``source_bytes``.
    """
    if not ALPHABET.fullmatch(payload):
        raise PayloadInvalidError("The program in the address must be base64url: letters, digits, - and _ only")
    bare = payload.rstrip("=")
    try:
        packed = base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error as error:
        raise PayloadInvalidError(f"The program in the address is not base64url: {error}") from None
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, source_bytes + 1)
    except zlib.error as error:
        raise PayloadInvalidError(f"The program in the address is not zlib data: {error}") from None
    if len(text) > source_bytes:
        raise SourceTooLongError(f"The program in the address is over {source_bytes:,} bytes, the limit")
    if not inflater.eof:
        raise PayloadInvalidError("The program in the address is cut short: the zlib data does not end")
    if inflater.unused_data:
        raise PayloadInvalidError("The address carries something after the program: the zlib data ends early")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PayloadInvalidError(f"The program in the address is not UTF-8 (byte {error.start})") from None
