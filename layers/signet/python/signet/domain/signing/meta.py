"""Meta's hooks and others of that family: the body."""

from typing import Literal

from signet.domain.signing.call import Keyed, SignedCall
from signet.domain.signing.digest import Digest, demand_one


class HubSignature(Keyed):
    """The header of Meta's hooks and others of that family, over the body."""

    scheme: Literal["x_hub_256"]

    def verify(self, call: SignedCall, keys: tuple[str, ...]) -> str | None:
        """Let a call pass that one of the keys signed."""
        how = Digest(prefix="sha256=")
        demand_one((call.header("x-hub-signature-256"),), call.body, keys, how=how)
        return None
