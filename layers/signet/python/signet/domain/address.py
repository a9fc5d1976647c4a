"""One mailbox, and nothing that could become a header; the form in which addresses are compared."""

import re
import unicodedata

from signet.errors import Rejected

_MAILBOX = re.compile(
    r"""[^\s@,;:<>()\[\]"\\.]+ (?:\.[^\s@,;:<>()\[\]"\\.]+)*   # local part, dots inside only
        @
        [^\s@,;:<>()\[\]"\\.]+ (?:\.[^\s@,;:<>()\[\]"\\.]+)*   # domain""",
    re.VERBOSE,
)
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
# What separates the labels of a domain, whichever keyboard it was typed on.
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
# Letters that the older rule for domains wrote as others, and the newer one keeps apart.
_KEPT = {"ß": "ß", "ẞ": "ß", "ς": "ς"}
_IS_KEPT = re.compile("[ßẞς]")
LONGEST_ADDRESS = 320
LONGEST_LOCAL = 64
FEWEST_DIGITS = 5
LONGEST_LABEL = 63

# Providers that tell their customers that a tag after a plus sign leads to the same mailbox.
TAGGED = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com icloud.com me.com mac.com
    proton.me protonmail.com pm.me fastmail.com fastmail.fm
    """.split()
)
# Providers that tell them the same of dots, and the one name for the two that this one has.
DOTTED = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def is_mailbox(value: object) -> bool:
    """
    Tell whether a value is one bare e-mail address.

    Display names, lists, comments, quoted local parts, control characters and encoded words
    are not: each of them can make one address look like another, or like a second header. A
    letter that stands for such a sign in another width is taken for the sign.
    """
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS or "=?" in value:
        return False
    if any(unicodedata.category(letter).startswith("C") for letter in value):
        return False
    local = value.partition("@")[0]
    if len(local.encode()) > LONGEST_LOCAL or _MAILBOX.fullmatch(value) is None:
        return False
    return value.isascii() or _MAILBOX.fullmatch(unicodedata.normalize("NFKC", value)) is not None


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


def names_nobody(phone: str) -> bool:
    """Tell whether people write this where they have no number to give: `n/a`, `-`, `000000`."""
    digits = [letter for letter in phone if letter.isdigit()]
    return len(digits) < FEWEST_DIGITS or len(set(digits)) == 1


def normal(address: str) -> str:
    """
    Give the form under which an address is looked up; the original is kept for sending.

    Two addresses with one normal form are one to identity, consent and suppression, to which
    others are one as well: see `untagged`. Spaces around, case, composition of letters (NFC), and
    the way an international domain is written make no other address; tags and dots make none with
    the providers in `TAGGED` and `DOTTED`. All other letters count: what only looks alike is
    somebody else. Anything that is no address is folded in case and composition alone. Taking the
    form of a form changes nothing.
    """
    text = _folded(address)
    local, at, domain = text.rpartition("@")
    if not at:
        return text
    try:
        domain = ascii_domain(domain)
    except UnicodeError:
        return text
    return f"{_mailbox_of(local, domain)}@{DOTTED.get(domain, domain)}"


def untagged(address: str) -> str:
    """
    Give the form under which an address is suppressed: the normal one without a tag.

    Only its provider knows whether a tag leads to the same mailbox, so two people may have one
    such form: to be left in peace both are then one, to identity, consent and sending they are
    not. Taking the form of a form changes nothing.
    """
    form = normal(address)
    local, at, domain = form.rpartition("@")
    plain = local.partition("+")[0]
    return f"{plain}@{domain}" if at and plain else form


def ascii_domain(domain: str) -> str:
    """
    Write a domain as it travels: in lower case, international labels in punycode.

    `ß` and `ς` stay themselves, as IDNA 2008 has it: `faß.example` is not `fass.example`.

    Raises:
        UnicodeError: It cannot be written so.
    """
    if domain.isascii():
        return domain.encode("idna").decode("ascii").lower()
    return ".".join(_label(label) for label in _DOTS.split(domain))


def _folded(text: str) -> str:
    lowered = unicodedata.normalize("NFC", text).strip().lower()
    return lowered if lowered.isascii() else unicodedata.normalize("NFC", lowered)


def _mailbox_of(local: str, domain: str) -> str:
    """Leave out of a local part what its provider ignores."""
    if domain not in TAGGED:
        return local
    untagged = local.partition("+")[0]
    plain = untagged.replace(".", "") if domain in DOTTED else untagged
    return plain or local


def _label(label: str) -> str:
    """Write one label; the standard library's codec knows the older rule only."""
    coded = label.encode("idna").decode("ascii").lower()
    if not _IS_KEPT.search(label):
        return coded
    composed = unicodedata.normalize("NFKC", label)
    kept = "".join(_KEPT.get(letter) or letter.casefold() for letter in composed)
    coded = "xn--" + kept.encode("punycode").decode("ascii")
    if len(coded) > LONGEST_LABEL:
        raise UnicodeError("label too long")
    return coded
