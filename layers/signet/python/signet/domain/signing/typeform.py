"""Typeform: the body, in a header of its own."""

from typing import Literal

from signet.domain.signing.call import Keyed, SignedCall
from signet.domain.signing.digest import Digest, demand_one


class Typeform(Keyed):
    """Typeform's header, over the body."""

    scheme: Literal["typeform"]

    def verify(self, call: SignedCall, keys: tuple[str, ...]) -> str | None:
        """Let a call pass that one of the keys signed."""
        how = Digest(encoding="base64", prefix="sha256=")
        demand_one((call.header("typeform-signature"),), call.body, keys, how=how)
        return None
