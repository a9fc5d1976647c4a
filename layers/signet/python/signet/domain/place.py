"""Where a person is, as far as rules about hours and law need to know."""

from pydantic import BaseModel, ConfigDict, Field


class Place(BaseModel):
    """
    Where a person may be.

    `country` is an ISO 3166 code of two letters, empty where it is not known; `zones` are all time
    zones that the person may be in, none where nothing is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    country: str = Field(default="", max_length=2)
    zones: tuple[str, ...] = ()


NOWHERE = Place()
