"""Who is calling, by the headers of the call."""

import base64
import binascii
from collections.abc import Mapping

from signet.domain.principal import Principal
from signet.errors import Denied
from signet.ports import KeyRing

LONGEST_KEY = 256


class Unauthenticated(Denied):
    """The caller gave no key, or one that is not known."""


def principal_of(
    headers: Mapping[str, str], keys: KeyRing, *, fallback: object = None
) -> Principal:
    """
    Find the caller by the key in the headers.

    Args:
        headers: Names in lower case. `Basic` carries a write key as user name, `Bearer` a key.
        keys: Where keys are known.
        fallback: A key from the body or the query, used only when there is no such header.

    Raises:
        Unauthenticated: There is no key, or nobody has it.
    """
    given = headers.get("authorization", "")
    key = _key(given) if given else fallback
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_KEY:
        raise Unauthenticated("a key is needed")
    principal = keys.find(key)
    if principal is None:
        raise Unauthenticated("the key is not known")
    return principal


def _key(header: str) -> str:
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        return _user_name(value.strip())
    raise Unauthenticated("the authorization scheme must be Basic or Bearer")


def _user_name(encoded: str) -> str:
    try:
        return base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")[0]
    except (binascii.Error, ValueError):
        raise Unauthenticated("the Basic credentials cannot be read") from None
