"""Where post codes lie: one table per country, brought by the workspace and kept as an object."""

import gzip
import json
import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from signet.cleaning import places
from signet.cleaning.places import Coordinates
from signet.errors import Missing, Rejected
from signet.ports import ObjectStore
from signet.usecases.views import View

MOST_CODES = 100_000
_CODE = re.compile(r"[A-Z0-9]{1,10}")
_COUNTRY = re.compile(r"[A-Za-z]{2}")


class PostCodesDraft(BaseModel):
    """A country's table: latitude and longitude of each post code, or of how post codes begin."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    codes: dict[str, tuple[float, float]] = Field(max_length=MOST_CODES)


class PostCodesView(View):
    """How many post codes of a country are known."""

    country: Annotated[str, Field(min_length=2, max_length=2)]
    codes: int


def put(
    draft: PostCodesDraft, *, workspace: str, country: str, objects: ObjectStore
) -> PostCodesView:
    """
    Keep a country's table in place of the one before; an empty one forgets it.

    Effects: objects.
    Idempotent: the same table twice is one.

    Raises:
        Rejected: There is no such country, or a code or its place is none.
    """
    known = _known(country)
    table = {_code(code): _place(code, place) for code, place in draft.codes.items()}
    body = json.dumps(table, sort_keys=True, separators=(",", ":")).encode()
    objects.put(_key(workspace, known), gzip.compress(body, mtime=0))
    return PostCodesView(country=known, codes=len(table))


def find(workspace: str, country: str, *, objects: ObjectStore) -> PostCodesView:
    """
    Tell how much is known of a country.

    Raises:
        Rejected: There is no such country.
    """
    known = _known(country)
    return PostCodesView(country=known, codes=len(table_of(workspace, known, objects=objects)))


def table_of(workspace: str, country: str, *, objects: ObjectStore) -> dict[str, Coordinates]:
    """Read a country's table; empty where nobody brought one."""
    try:
        body = objects.get(_key(workspace, country))
    except Missing:
        return {}
    table: dict[str, Coordinates] = json.loads(gzip.decompress(body))
    return table


def _key(workspace: str, country: str) -> str:
    return f"post-codes/{workspace}/{country}.json.gz"


def _known(country: str) -> str:
    found = places.country(country) if _COUNTRY.fullmatch(country) else None
    if found is None:
        raise Rejected.field("country", "must be the ISO 3166 code of a country, of two letters")
    return found


def _code(code: str) -> str:
    plain = places.plain_post_code(code)
    if not _CODE.fullmatch(plain):
        raise Rejected.field(f"codes.{code[:20]}", "must be a post code, or how some begin")
    return plain


def _place(code: str, place: tuple[float, float]) -> Coordinates:
    if places.cell(place) is None:
        raise Rejected.field(f"codes.{code[:20]}", "must be a latitude and a longitude")
    return place
