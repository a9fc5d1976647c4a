"""HubSpot, version 3: method, address, body and time."""

import re
from datetime import timedelta
from typing import Literal
from urllib.parse import unquote

from signet.domain.signing.call import Keyed, Origin, SignedCall
from signet.domain.signing.digest import Digest, demand_one

WINDOW = timedelta(minutes=5)
# The escapes that HubSpot undoes before it signs.
_UNDONE = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


class HubspotV3(Keyed):
    """
    The headers `X-HubSpot-Signature-v3` and `X-HubSpot-Request-Timestamp`.

    `public_origin` is the address that HubSpot was told, where a proxy hides it from us.
    """

    scheme: Literal["hubspot_v3"]
    public_origin: Origin | None = None

    def verify(self, call: SignedCall, keys: tuple[str, ...]) -> str | None:
        """Let a call pass that one of the keys signed."""
        stamp = call.header("x-hubspot-request-timestamp")
        call.recent(stamp, WINDOW)
        address = _UNDONE.sub(lambda found: unquote(found[0]), call.url_at(self.public_origin))
        content = (call.method + address).encode() + call.body + stamp.encode()
        given = call.header("x-hubspot-signature-v3")
        demand_one((given,), content, keys, how=Digest(encoding="base64"))
        return None
