"""The environment of a function as a type."""

import os
from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from signet.errors import Misconfigured


class Settings(BaseModel):
    """
    The base of every function's settings.

    A field `events_table` is the variable `EVENTS_TABLE`; variables that no field names are
    other people's and are left alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_min_length=1)

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None) -> Self:
        """
        Read the declared fields from the environment.

        Raises:
            Misconfigured: A variable is missing, empty or unreadable; the message names it.
        """
        known = os.environ if environment is None else environment
        names = {field: field.upper() for field in cls.model_fields}
        given = {field: known[name] for field, name in names.items() if name in known}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            fault = error.errors()[0]
            name = str(fault["loc"][0]).upper() if fault["loc"] else cls.__name__
            raise Misconfigured(f"environment variable {name}: {fault['msg']}") from None
