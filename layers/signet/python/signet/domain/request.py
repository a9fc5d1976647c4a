"""What a caller asks for directly: a transactional message, a consent, a suppression."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    field_validator,
    model_validator,
)

from signet.domain import address
from signet.domain.events import Identifiers
from signet.domain.message import Channel, MessageClass
from signet.domain.receipt import Particulars
from signet.domain.suppression import SuppressionScope
from signet.domain.template import NAME_PATTERN
from signet.errors import Rejected

TOPIC_PATTERN = r"^[a-z0-9][a-z0-9_.-]{0,63}$"
Purpose = Literal["service", "marketing"]
# A word may be about channels over which nothing is sent yet, and about all of them.
CHANNEL_PATTERN = r"^[a-z][a-z0-9_]{0,31}$"
# Nobody consents for longer, and every zone can still be turned into UTC.
_LAST_YEAR = 2200
PROFILE_ID_PATTERN = r"^[A-Za-z0-9_-]{1,64}$"


class Unprocessable(Rejected):
    """The input is well-formed, but does not fit what is there."""


class Recipient(BaseModel):
    """Whom a message is for, named in exactly one way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile_id: str | None = Field(default=None, pattern=PROFILE_ID_PATTERN)
    external_id: str | None = Field(default=None, min_length=1, max_length=1024)
    email: str | None = None
    phone: str | None = None

    @field_validator("email")
    @classmethod
    def _one_mailbox(cls, value: str | None) -> str | None:
        if value is not None and not address.is_mailbox(value):
            raise ValueError("must be exactly one e-mail address")
        return value

    @field_validator("phone")
    @classmethod
    def _e164(cls, value: str | None) -> str | None:
        if value is not None and not address.is_phone(value):
            raise ValueError("must be a phone number in E.164 form")
        return value

    @model_validator(mode="after")
    def _exactly_one(self) -> "Recipient":
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("must have exactly one of profile_id, external_id, email, phone")
        return self

    def named(self) -> tuple[str, str]:
        """Give the way this recipient is named and the value."""
        return next(iter(self.model_dump(exclude_none=True).items()))

    def identifiers(self) -> Identifiers:
        """Give the same as an event has it."""
        return Identifiers(**self.model_dump())


class MessageRequest(BaseModel):
    """
    A transactional message.

    Without a topic it is a service message, with one it is marketing; `purpose` may say so, and
    must then say the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: str = Field(pattern=NAME_PATTERN)
    to: Recipient
    data: dict[str, JsonValue] = Field(default_factory=dict)
    channel: Channel = "email"
    message_class: MessageClass = Field(default="once", alias="class")
    topic: str | None = Field(default=None, pattern=TOPIC_PATTERN)
    purpose: Purpose | None = None

    @field_validator("purpose")
    @classmethod
    def _says_what_the_topic_says(
        cls, value: Purpose | None, info: ValidationInfo
    ) -> Purpose | None:
        wanted = "marketing" if info.data.get("topic") is not None else "service"
        if value is not None and "topic" in info.data and value != wanted:
            raise ValueError("must be service without a topic, and marketing with one")
        return value


class ConsentRequest(BaseModel):
    """
    A person's word on one channel and topic, as a caller reports it.

    `pending` asks the person to confirm. `wording_hash` is the SHA-256 of the wording in hex,
    `language` that of the wording, `method` how the word was collected, `jurisdiction` the country
    or its part (ISO 3166) whose law counts; a grant is good before `expires_at`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str = Field(default="email", pattern=CHANNEL_PATTERN)
    topic: str = Field(pattern=TOPIC_PATTERN)
    status: Literal["granted", "withdrawn", "pending"]
    basis: str = Field(default="consent", max_length=64)
    wording_version: str = Field(default="", max_length=128)
    wording_hash: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    language: str = Field(default="", pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3})?$")
    method: str = Field(default="", max_length=64)
    jurisdiction: str = Field(default="", pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$")
    source: str = Field(default="", max_length=256)
    evidence: str = Field(default="", max_length=1024)
    expires_at: AwareDatetime | None = None

    @field_validator("status")
    @classmethod
    def _asked_by_mail(cls, value: str, info: ValidationInfo) -> str:
        if value == "pending" and info.data.get("channel") != "email":
            raise ValueError("can be pending for e-mail only: it is by a mail that people confirm")
        return value

    @field_validator("expires_at")
    @classmethod
    def _of_a_grant(cls, value: datetime | None, info: ValidationInfo) -> datetime | None:
        if value is None:
            return None
        if info.data.get("status") == "withdrawn":
            raise ValueError("belongs to a grant, and to no withdrawal")
        if value.year > _LAST_YEAR:
            raise ValueError(f"must not be after the year {_LAST_YEAR}")
        return value.astimezone(UTC)

    def particulars(self, *, controller: str, actor: str) -> Particulars:
        """Give what the receipt says beyond the word."""
        said = {name: getattr(self, name) for name in _PARTICULARS}
        return Particulars(**said, controller=controller, actor=actor)


_PARTICULARS = ("wording_hash", "language", "method", "jurisdiction")


class AddressRequest(BaseModel):
    """An address that is to be suppressed or released: of e-mail, or a phone's number in E.164."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # Before the address, which is judged by it.
    channel: Literal["email", "sms", "voice"] = "email"
    address: str

    @field_validator("address")
    @classmethod
    def _of_the_channel(cls, value: str, info: ValidationInfo) -> str:
        channel = info.data.get("channel")
        if channel == "email" and not address.is_mailbox(value):
            raise ValueError("must be exactly one e-mail address")
        if channel in {"sms", "voice"} and not address.is_phone(value):
            raise ValueError("must be a phone number in E.164 form")
        return value


class SuppressionRequest(AddressRequest):
    """An address that must not be used any more, or not for one topic, and why."""

    reason: str = Field(default="manual", min_length=1, max_length=64)
    scope: SuppressionScope = "address"
    topic: str | None = Field(default=None, pattern=TOPIC_PATTERN, validate_default=True)

    @field_validator("topic")
    @classmethod
    def _as_the_scope_wants(cls, value: str | None, info: ValidationInfo) -> str | None:
        if "scope" in info.data and (value is not None) != (info.data["scope"] == "topic"):
            raise ValueError("must be there with the scope topic, and only then")
        return value


class ReleaseRequest(AddressRequest):
    """An address that may be used again: whatever stands against it, or what is named only."""

    reason: str | None = Field(default=None, min_length=1, max_length=64)
    scope: SuppressionScope | None = None
    topic: str | None = Field(default=None, pattern=TOPIC_PATTERN)

    @field_validator("topic")
    @classmethod
    def _as_the_scope_may(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("scope") not in {None, "topic"}:
            raise ValueError("must be there with the scope topic only")
        return value
