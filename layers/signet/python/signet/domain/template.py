"""Templates: the source an editor writes, and the immutable versions that are pinned."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"


class TemplateDraft(BaseModel):
    """What an editor writes: the parts of one e-mail and what to do about missing data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Literal["email"] = "email"
    subject: str = Field(min_length=1, max_length=998)
    html: str | None = Field(default=None, max_length=262_144)
    text: str | None = Field(default=None, max_length=262_144)
    missing: Literal["fail", "default", "skip"] = "fail"
    sample: dict[str, JsonValue] = Field(default_factory=dict)


class TemplateVersion(BaseModel):
    """One immutable version; `content_key` names its object, `sha256` (hex) proves it."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    name: str
    version: int = Field(ge=1)
    status: Literal["draft", "submitted", "approved", "rejected", "active", "retired"] = "draft"
    author: str
    content_key: str
    sha256: str
    variables: tuple[str, ...] = ()
    created_at: datetime


class Template(BaseModel):
    """A template's head: which versions there are and which one is active."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    name: str
    latest: int = 0
    active: int | None = None
    revision: int = 1
    created_at: datetime
    updated_at: datetime
