"""The bytes of a file, inflated where it is compressed, and never more than a piece at a time."""

import zlib
from collections.abc import Iterable, Iterator

from signet.errors import Rejected

_GZIP = b"\x1f\x8b"
# What else a file may begin with that is no text; the sentence says what to do about it.
_NO_TEXT: tuple[tuple[bytes, str], ...] = (
    (_GZIP, "is compressed twice; compress it once"),
    (b"PK\x03\x04", "is a zip archive or a spreadsheet; send its text, plain or as gzip"),
    (b"PK\x05\x06", "is an empty zip archive"),
    (b"BZh", "is compressed with bzip2; use gzip"),
    (b"\xfd7zXZ\x00", "is compressed with xz; use gzip"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd; use gzip"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive; send its text, plain or as gzip"),
    (b"%PDF", "is a PDF"),
)
# A file may swell to ten megabytes as it likes, beyond that only by so many times.
FREE_BYTES = 10_000_000
MOST_RATIO = 10
_PIECE = 1 << 18
_GZIP_MEMBER = 31


class Unreadable(Rejected):
    """The file can never be read, or not any further."""


def is_gzip(first: bytes) -> bool:
    """Tell whether a file with these first bytes is compressed with gzip."""
    return first.startswith(_GZIP)


def demand_text(first: bytes) -> None:
    """
    Refuse what is no text by its first bytes.

    Raises:
        Unreadable: Says what it is instead.
    """
    for magic, complaint in _NO_TEXT:
        if first.startswith(magic):
            raise Unreadable.field("file", complaint)


def inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """
    Inflate gzip, of one member or of several, piece by piece.

    Raises:
        Unreadable: It is damaged, ends in the middle, or swells beyond the bound.
    """
    taken, given = 0, 0
    member = zlib.decompressobj(wbits=_GZIP_MEMBER)
    for piece in pieces:
        taken += len(piece)
        waiting, found = piece, b""
        # A full piece of output may leave more behind, although all of the input is taken.
        while waiting or len(found) == _PIECE:
            if member.eof and not waiting.strip(b"\0"):
                break
            if member.eof:
                member = zlib.decompressobj(wbits=_GZIP_MEMBER)
            found, waiting = _step(member, waiting)
            given += len(found)
            if given > FREE_BYTES and given > MOST_RATIO * taken:
                swollen = f"swells to more than {MOST_RATIO} times its size; send it unpacked"
                raise Unreadable.field("file", swollen)
            yield found
    if not member.eof:
        raise Unreadable.field("file", "ends in the middle of its compressed data")


def _step(member: "zlib._Decompress", waiting: bytes) -> tuple[bytes, bytes]:
    try:
        found = member.decompress(waiting, _PIECE)
    except zlib.error as error:
        raise Unreadable.field("file", "is damaged: its compressed data cannot be read") from error
    return found, member.unconsumed_tail or member.unused_data


def skipped(pieces: Iterable[bytes], start: int) -> Iterator[bytes]:
    """Leave the first bytes out."""
    left = start
    for piece in pieces:
        if left < len(piece):
            yield piece[left:]
        left = max(0, left - len(piece))
