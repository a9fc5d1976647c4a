"""
What a mail may cost, told by a look at its bytes before anything is parsed.

The library's parser takes whatever it is given, and time and memory for it: a thousand nested
parts end in its recursion, a header of megabytes in its grammar.
"""

import re

from signet.errors import Rejected, TooLarge

LARGEST_BYTES = 10_000_000
MOST_LINES = 250_000
MOST_PARTS = 200
DEEPEST = 20
LARGEST_HEAD_BYTES = 262_144
LONGEST_HEADER = 16_384

_NEWLINES = re.compile(rb"\r\n?")
CONTENT = re.compile(
    rb"^content-(?:type|disposition|transfer-encoding)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*",
    re.IGNORECASE | re.MULTILINE,
)
_TYPE = re.compile(rb"^content-type[ \t]*:", re.IGNORECASE)
_BOUNDARY = re.compile(rb"""boundary\s*=\s*(?:"([^"\n]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)


def within(raw: bytes) -> bytes:
    """
    Give the bytes of a mail with plain line ends, if it may be parsed.

    Raises:
        TooLarge: It is larger than ten megabytes.
        Rejected: It has too many lines or parts, or headers too long.
    """
    if len(raw) > LARGEST_BYTES:
        raise TooLarge(f"the mail is larger than {LARGEST_BYTES} bytes")
    plain = _NEWLINES.sub(b"\n", raw)
    if plain.count(b"\n") > MOST_LINES:
        raise Rejected(f"the mail has more than {MOST_LINES} lines")
    if plain.find(b"\n\n", 0, LARGEST_HEAD_BYTES) < 0 and len(plain) > LARGEST_HEAD_BYTES:
        raise Rejected(f"the mail's headers are longer than {LARGEST_HEAD_BYTES} bytes")
    _demand_few_parts(plain)
    return plain


def _demand_few_parts(plain: bytes) -> None:
    containers, borders = 0, set()
    for number, found in enumerate(CONTENT.finditer(plain)):
        line = found[0]
        if len(line) > LONGEST_HEADER or number >= 3 * MOST_PARTS:
            raise Rejected(f"the mail has more than {MOST_PARTS} parts, or too long a header")
        lowered = line.lower()
        if _TYPE.match(line) and (b"multipart" in lowered or b"message/" in lowered):
            containers += 1
            borders |= {one or other for one, other in _BOUNDARY.findall(line)}
    if containers > DEEPEST:
        raise Rejected(f"the mail has more than {DEEPEST} parts that hold others")
    if sum(plain.count(b"\n--" + border) for border in borders) > 2 * MOST_PARTS:
        raise Rejected(f"the mail has more than {MOST_PARTS} parts")
