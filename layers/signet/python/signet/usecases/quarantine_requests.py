"""What callers ask of the quarantine."""

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, model_validator

from signet.domain.quarantine import LONGEST_NOTE

AT_ONCE = 100
Note = Field(default="", max_length=LONGEST_NOTE)


class ReplayRequest(BaseModel):
    """A correction: a merge patch (RFC 7386), or with `whole` the corrected payload itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    correction: JsonValue = None
    whole: StrictBool = False
    note: str = Note

    @model_validator(mode="after")
    def _something_whole(self) -> "ReplayRequest":
        if self.whole and self.correction is None:
            raise ValueError("whole needs a correction")
        return self


class ReplayManyRequest(BaseModel):
    """Which waiting items to bring in again: those named, or those of an origin, page by page."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ids: tuple[str, ...] | None = Field(default=None, min_length=1, max_length=AT_ONCE)
    source: str | None = Field(default=None, min_length=1, max_length=512)
    cursor: str | None = None
    correction: JsonValue = None
    dry_run: StrictBool = False
    note: str = Note

    @model_validator(mode="after")
    def _one_choice(self) -> "ReplayManyRequest":
        if (self.ids is None) == (self.source is None):
            raise ValueError("either ids or source must be there")
        if self.cursor is not None and self.source is None:
            raise ValueError("a cursor belongs to a source")
        return self


class DiscardRequest(BaseModel):
    """Why an item is put aside for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: str = Field(min_length=1, max_length=LONGEST_NOTE)
