"""One mailbox, and nothing that could become a header."""

import re
import unicodedata
from contextlib import suppress

from signet.errors import Rejected

_MAILBOX = re.compile(
    r"""[^\s@,;:<>()\[\]"\\.]+ (?:\.[^\s@,;:<>()\[\]"\\.]+)*   # local part, dots inside only
        @
        [^\s@,;:<>()\[\]"\\.]+ (?:\.[^\s@,;:<>()\[\]"\\.]+)*   # domain""",
    re.VERBOSE,
)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
LONGEST_ADDRESS = 320
LONGEST_LOCAL = 64


def is_mailbox(value: object) -> bool:
    """
    Tell whether a value is one bare e-mail address.

    Display names, lists, comments, quoted local parts, control characters and encoded words
    are not: each of them can make one address look like another, or like a second header.
    """
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS or "=?" in value:
        return False
    if any(unicodedata.category(letter).startswith("C") for letter in value):
        return False
    local = value.partition("@")[0]
    return len(local.encode()) <= LONGEST_LOCAL and _MAILBOX.fullmatch(value) is not None


def mailbox(value: object, *, field: str = "email") -> str:
    """
    Give a value back as one e-mail address.

    Raises:
        Rejected: It is not exactly one bare mailbox.
    """
    if isinstance(value, str) and is_mailbox(value):
        return value
    raise Rejected.field(field, "must be exactly one e-mail address")


def is_phone(value: object) -> bool:
    """Tell whether a value is a phone number in E.164 form."""
    return isinstance(value, str) and _PHONE.fullmatch(value) is not None


def normal(address: str) -> str:
    """
    Give the form under which an address is looked up; the original is kept for sending.

    An international domain and its punycode are one domain, so both forms give one.
    """
    lowered = unicodedata.normalize("NFC", address.strip()).lower()
    local, at, domain = lowered.rpartition("@")
    with suppress(UnicodeError):
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    return lowered
