"""A broadcast: whom a campaign is for, and how preprocess is told of each of them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from signet.domain.events import CONSIDERED, Event, Identifiers
from signet.ids import MessageId, derived, message_id

SOURCE = "signet:campaigns"
MOST_NAMED = 1_000
Named = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Audience(BaseModel):
    """
    Whom a broadcast is for: everybody who is known when it is launched, or people by their ids.

    Somebody who is named twice is named once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    everybody: bool = Field(default=False, alias="all", strict=True)
    profile_ids: tuple[Named, ...] = Field(default=(), max_length=MOST_NAMED)

    @field_validator("profile_ids")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value))

    @model_validator(mode="after")
    def _one_of_two(self) -> "Audience":
        if self.everybody == bool(self.profile_ids):
            raise ValueError("must be either all: true or some profile_ids")
        return self


def considering(
    workspace: str, campaign_id: str, profile_id: str, *, launched_at: datetime, now: datetime
) -> Event:
    """Tell preprocess to consider a person for a broadcast; a repeat is the same event."""
    return Event(
        workspace=workspace,
        id=derived(workspace, campaign_id, profile_id),
        source=SOURCE,
        type=CONSIDERED,
        name="considered for a broadcast",
        occurred_at=launched_at,
        received_at=now,
        identifiers=Identifiers(profile_id=profile_id),
        properties={"campaign_id": campaign_id},
    )


def considers(event: Event) -> str | None:
    """Give the broadcast for which an event considers a person, if it is one of ours."""
    if event.type != CONSIDERED or event.source != SOURCE:
        return None
    return str(event.properties.get("campaign_id"))


def broadcast_message(
    workspace: str, campaign_id: str, profile_id: str, *, channel: str
) -> MessageId:
    """
    Derive the id of a person's message of a broadcast, which nobody needs to look for.

    Args:
        workspace: Whose campaign it is.
        campaign_id: The campaign.
        profile_id: Who the person is by now, after all merges.
        channel: The campaign's channel.
    """
    return message_id(workspace, SOURCE, rule=campaign_id, recipient=profile_id, channel=channel)
