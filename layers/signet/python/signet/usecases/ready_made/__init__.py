"""Ready-made sources: one file beside this one for each, with its draft and a sample."""

import json
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from signet.errors import Rejected

Way = Literal["http", "bus", "queue", "bucket", "mail"]


class ReadyMade(BaseModel):
    """
    A source that somebody described before.

    `arrives` is the way it comes in, `needs` what a draft has to say beside its name, `setup` what
    has to be done at the other end; the sample is one body as its sender writes it, read as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    arrives: Way
    needs: tuple[str, ...] = ()
    setup: str
    draft: dict[str, JsonValue]
    sample: JsonValue


@cache
def catalogue() -> tuple[ReadyMade, ...]:
    """List every ready-made source by its name."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".json")]
    found = [
        ReadyMade(name=file.name.removesuffix(".json"), **json.loads(file.read_text("utf-8")))
        for file in files
    ]
    return tuple(sorted(found, key=lambda one: one.name))


def completed(given: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """
    Fill a draft that names a ready-made source with all that it does not say itself.

    Of a signature, too, only what differs has to be said.

    Raises:
        Rejected: There is no ready-made source of this name.
    """
    name = given.get("ready_made")
    if name is None:
        return given
    found = next((one for one in catalogue() if one.name == name), None)
    if found is None:
        names = ", ".join(one.name for one in catalogue())
        raise Rejected.field("ready_made", f"must be one of {names}")
    own, made = given.get("signature"), found.draft.get("signature")
    both = isinstance(own, dict) and isinstance(made, dict)
    merged = {"signature": {**made, **own}} if both else {}  # type: ignore[dict-item]
    return {**found.draft, **given, **merged}
