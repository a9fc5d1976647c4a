"""By what a source proves that it sent what it sent."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from signet.domain.signing.call import Scheme
from signet.domain.signing.hmac_header import HmacHeader
from signet.domain.signing.hubspot import HubspotV3
from signet.domain.signing.meta import HubSignature
from signet.domain.signing.sns import Sns
from signet.domain.signing.standard_webhooks import StandardWebhooks
from signet.domain.signing.twilio import Twilio
from signet.domain.signing.typeform import Typeform


class NoSignature(Scheme):
    """Whoever has the write key is believed."""

    proves: ClassVar[bool] = False

    scheme: Literal["none"] = "none"


Signature = Annotated[
    NoSignature
    | HmacHeader
    | StandardWebhooks
    | Twilio
    | HubspotV3
    | Typeform
    | HubSignature
    | Sns,
    Field(discriminator="scheme"),
]
