"""What happened: the record of an event and its CloudEvents envelope."""

from datetime import datetime
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.ids import derived

IDENTIFIED = "signet.profile.identified"
TRACKED = "signet.event.tracked"
PAGE_VIEWED = "signet.page.viewed"
SCREEN_VIEWED = "signet.screen.viewed"
GROUP_JOINED = "signet.group.joined"
ALIASED = "signet.profile.aliased"
MESSAGE_REQUESTED = "signet.message.requested"
CONSENT_GIVEN = "signet.consent.given"
CONSENT_WITHDRAWN = "signet.consent.withdrawn"
MAIL_RECEIVED = "signet.mail.received"
MERGED = "signet.profile.merged"
UNMERGED = "signet.profile.unmerged"
CONSIDERED = "signet.profile.considered"

Properties = dict[str, JsonValue]
ORDINARY_TRUST = 50


class Identifiers(BaseModel):
    """
    Everything in an event that may say whom it is about.

    `external_id` is the client's own id, `anonymous_id` the one before login, `previous_id`
    the id an alias call replaces. `email` and `phone` are as the client wrote them; before
    identity the phone number gets its international form.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    external_id: str | None = None
    anonymous_id: str | None = None
    email: str | None = None
    phone: str | None = None
    previous_id: str | None = None
    profile_id: str | None = None

    def any(self) -> bool:
        """Tell whether at least one identifier is there."""
        return any(value is not None for value in self.__dict__.values())


class Event(BaseModel):
    """
    One thing that happened, as Signet keeps it.

    `source` and `id` together are the identity: a second event with both equal is a repeat.
    `occurred_at` is when it happened by the client's account, corrected for its clock;
    `claimed_at` is the client's time as written, None where the client gave none. `name` is what
    campaigns listen to. `trust` is the rank of the source, 0 to 100: what a source of a higher
    rank says about a person yields to no lower one. `mapping_version` names the version of the
    mapping that the event was read by, 0 where there is none. `origin` names the file and the row
    that brought it, if it came in one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    workspace: str
    id: str = Field(min_length=1, max_length=256)
    source: str = Field(min_length=1, max_length=512)
    type: str = Field(min_length=1, max_length=256)
    name: str = ""
    subject: str | None = None
    occurred_at: datetime
    received_at: datetime
    claimed_at: datetime | None = None
    trust: int = Field(default=ORDINARY_TRUST, ge=0, le=100)
    mapping_version: int = Field(default=0, ge=0)
    identifiers: Identifiers = Identifiers()
    traits: Properties = Field(default_factory=dict)
    properties: Properties = Field(default_factory=dict)
    context: Properties = Field(default_factory=dict)
    origin: str = Field(default="", max_length=128)

    @cached_property
    def key(self) -> str:
        """The derived id of this event within its workspace, from `source` and `id`."""
        return derived(self.workspace, self.source, self.id)

    def to_cloudevent(self) -> dict[str, Any]:
        """Write the event as a CloudEvents 1.0 object (JSON-ready)."""
        envelope: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": self.occurred_at.isoformat(),
            "receivedat": self.received_at.isoformat(),
            "datacontenttype": "application/json",
            "data": self.model_dump(
                mode="json", include={"name", "identifiers", "traits", "properties", "context"}
            ),
        }
        if self.subject is not None:
            envelope["subject"] = self.subject
        return envelope
