"""Twilio: the exact address and the sorted fields of the form."""

from collections.abc import Iterator
from typing import Literal
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from signet.domain.signing.call import Forged, Keyed, Origin, SignedCall
from signet.domain.signing.digest import Digest, demand_one

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 200
_PORTS = {"http": 80, "https": 443}


class Twilio(Keyed):
    """
    The header `X-Twilio-Signature`.

    The address is the one that Twilio was told; `public_origin` says it where a proxy stands
    before us that does not. A slash at its end matters; a port does not.
    """

    scheme: Literal["twilio"]
    public_origin: Origin | None = None

    def verify(self, call: SignedCall, keys: tuple[str, ...]) -> str | None:
        """Let a call pass that one of the keys signed."""
        given, fields = call.header("x-twilio-signature"), _fields(call)
        how = Digest("sha1", "base64")
        for url in _spellings(call.url_at(self.public_origin)):
            try:
                demand_one((given,), url.encode() + fields, keys, how=how)
            except Forged:
                continue
            return None
        raise Forged("the signature is another")


def _fields(call: SignedCall) -> bytes:
    """Give every name with its values, sorted; a value that is there twice counts once."""
    media = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != _FORM:
        # Of other bodies only the address would be signed, and anything could stand in them.
        raise Forged("the body is no form")
    try:
        pairs = parse_qsl(
            call.body.decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError:
        raise Forged("the form cannot be read") from None
    return "".join(name + value for name, value in sorted(set(pairs))).encode()


def _spellings(url: str) -> Iterator[str]:
    """Give the address as it is, without a port, and with the usual one."""
    yield url
    parts = urlsplit(url)
    host = parts.netloc.rpartition(":")[0] if ":" in parts.netloc else parts.netloc
    for netloc in (host, f"{host}:{_PORTS.get(parts.scheme, 443)}"):
        if netloc != parts.netloc:
            yield urlunsplit(parts._replace(netloc=netloc))
