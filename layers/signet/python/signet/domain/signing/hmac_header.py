"""A keyed digest of the body in a header: the usual scheme, in all its usual spellings."""

import re
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from signet.domain.signing.call import Keyed, SignedCall
from signet.domain.signing.digest import Algorithm, Digest, Encoding, demand_one

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
PartName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,16}$")]
_PLACE = re.compile(r"\{(\w*)\}")


class HmacHeader(Keyed):
    """
    A digest in a header.

    `content` is what is signed: `{body}` is the body, `{timestamp}` and `{id}` are the headers
    of these names. A time or an id that is not signed would prove nothing, so they are named in
    both or in neither. Where one header holds all, as in `t=…,v1=…`, the parts name what is what.
    """

    scheme: Literal["hmac"]
    header: HeaderName
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = Field(default="", max_length=32, pattern=r"^[\x20-\x7e]*$")
    content: str = Field(default="{body}", max_length=256)
    signature_part: PartName | None = None
    timestamp_part: PartName | None = None
    timestamp_header: HeaderName | None = None
    id_header: HeaderName | None = None
    window_seconds: int = Field(default=300, ge=10, le=86_400)

    @model_validator(mode="after")
    def _signs_what_it_reads(self) -> Self:
        named = _PLACE.findall(self.content)
        wanted = ["body"]
        wanted += ["timestamp"] if self.timestamp_header or self.timestamp_part else []
        wanted += ["id"] if self.id_header else []
        if sorted(named) != sorted(wanted):
            places = ", ".join(f"{{{name}}}" for name in wanted)
            raise ValueError(f"content must hold exactly {places}")
        return self

    def verify(self, call: SignedCall, keys: tuple[str, ...]) -> str | None:
        """Let a call pass that one of the keys signed."""
        values = {"body": call.body}
        stamp = self._stamp(call)
        if stamp is not None:
            call.recent(stamp, timedelta(seconds=self.window_seconds))
            values["timestamp"] = stamp.encode()
        delivery = call.header(self.id_header) if self.id_header is not None else None
        if delivery is not None:
            values["id"] = delivery.encode()
        how = Digest(self.algorithm, self.encoding, self.prefix)
        demand_one(self._given(call), _filled(self.content, values), keys, how=how)
        return delivery

    def _stamp(self, call: SignedCall) -> str | None:
        if self.timestamp_part is not None:
            found = self._parts(call, self.timestamp_part)
            # Two times would let the one be looked at and the other be signed.
            return found[0] if len(found) == 1 else ""
        return call.header(self.timestamp_header) if self.timestamp_header is not None else None

    def _given(self, call: SignedCall) -> tuple[str, ...]:
        if self.signature_part is not None:
            return self._parts(call, self.signature_part)
        return (call.header(self.header),)

    def _parts(self, call: SignedCall, wanted: str) -> tuple[str, ...]:
        parts = (part.strip().partition("=") for part in call.header(self.header).split(","))
        return tuple(value for name, _, value in parts if name == wanted)


def _filled(content: str, values: dict[str, bytes]) -> bytes:
    parts = _PLACE.split(content)
    # Text and names take turns.
    return b"".join(
        values[part] if place % 2 else part.encode() for place, part in enumerate(parts)
    )
