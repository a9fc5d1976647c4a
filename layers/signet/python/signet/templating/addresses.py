"""One mailbox per address field, and nothing that could be read as two."""

import re
from dataclasses import dataclass

from signet.domain.address import ascii_domain
from signet.domain.scripts import is_mixed
from signet.errors import Rejected
from signet.templating.headers import encoded_words, folded, header_refusal

ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+"
LOCAL = re.compile(rf"{ATOM}(?:\.{ATOM})*")
LABEL = re.compile(r"(?!-)[A-Za-z0-9\-]{1,63}(?<!-)")
NAMED = re.compile(r"(?P<name>[^<>]*?) *<(?P<address>[^<>]*)>")
QUOTED = re.compile(r'"(?P<inner>(?:[^"\\]|\\.)*)"')
# Outside of quotes these would begin a comment, a group or a second mailbox.
SPECIAL = re.compile(r"[()<>\[\]:;@\\,\"]")
LOCAL_OCTETS, DOMAIN_OCTETS = 64, 253


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name, which may be empty, and an address in ASCII."""

    name: str
    address: str

    def header(self, field: str) -> bytes:
        """Write the header of this name."""
        if not self.name:
            return folded(field, [self.address])
        if self.name.isascii():
            escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
            words = f'"{escaped}"'.split(" ")
        else:
            words = encoded_words(self.name)
        return folded(field, [*words, f"<{self.address}>"])


def mailbox(field: str, text: str) -> Mailbox:
    """
    Read exactly one mailbox that we send as, `address` or `Name <address>`.

    Raises:
        Rejected: It is none, or more than one, or could be read as another, or a word of it mixes
            scripts, as those do who want to pass for somebody else; names the field.
    """
    refusal = header_refusal(text)
    if refusal:
        raise Rejected.field(field, refusal)
    if any(is_mixed(word) for word in re.split(r"[\s.@<>]", text)):
        raise Rejected.field(field, "has a word of letters from several scripts")
    match = NAMED.fullmatch(text.strip(" "))
    if match is None:
        return Mailbox("", address(field, text))
    return Mailbox(_name(field, match["name"].strip(" ")), address(field, match["address"]))


def address(field: str, text: str) -> str:
    """
    Read one bare address and give it in ASCII, an international domain as punycode.

    Raises:
        Rejected: It is not one address that every mail server accepts; names the field.
    """
    refusal = header_refusal(text)
    if refusal:
        raise Rejected.field(field, refusal)
    local, at, domain = text.rpartition("@")
    if not at:
        raise Rejected.field(field, "must be one address, such as name@example.org")
    return f"{_local(field, local)}@{_domain(field, domain)}"


def _name(field: str, text: str) -> str:
    quoted = QUOTED.fullmatch(text)
    name = re.sub(r"\\(.)", r"\1", quoted["inner"]) if quoted else text
    if quoted is None and SPECIAL.search(text):
        raise Rejected.field(field, "has a display name that needs quotes, or two mailboxes")
    if "@" in name:
        raise Rejected.field(field, "has a display name that looks like an address")
    return name


def _local(field: str, local: str) -> str:
    if not local.isascii():
        raise Rejected.field(field, "has letters before the @ that need SMTPUTF8, not supported")
    if local.startswith('"'):
        raise Rejected.field(field, "has a quoted part before the @, which is not supported")
    if not LOCAL.fullmatch(local) or len(local) > LOCAL_OCTETS:
        raise Rejected.field(field, "must be one address, such as name@example.org")
    return local


def _domain(field: str, domain: str) -> str:
    try:
        travelling = domain if domain.isascii() else ascii_domain(domain)
    except UnicodeError:
        raise Rejected.field(field, "has a domain that cannot be written in ASCII") from None
    labels = travelling.split(".")
    if not labels[1:] or len(travelling) > DOMAIN_OCTETS:
        raise Rejected.field(field, "has a domain that is incomplete or too long")
    if not all(LABEL.fullmatch(label) for label in labels):
        raise Rejected.field(field, "has a domain with letters that no domain has")
    return travelling
