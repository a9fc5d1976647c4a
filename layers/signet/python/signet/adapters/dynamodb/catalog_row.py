"""The catalog's one pynamodb model: every kind of content is a JSON body under a revision."""

from typing import TYPE_CHECKING, Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

if TYPE_CHECKING:
    from pydantic import BaseModel


class CatalogRow(Model):
    """
    One row of the catalog.

    `body` is JSON as text rather than a map: numbers and empty values of people's own data
    survive as they were written.
    """

    class Meta:
        """The table; its name is bound from the settings before the first call."""

        table_name = ""
        connect_timeout_seconds = 2
        read_timeout_seconds = 8

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    revision = NumberAttribute(default=0)
    body = UnicodeAttribute(default="")


def bind(table_name: str) -> type[CatalogRow]:
    """Name the table that the rows live in."""
    CatalogRow.Meta.table_name = table_name
    return CatalogRow


def row(place: tuple[str, str], *, revision: int, body: "BaseModel") -> CatalogRow:
    """Write content as a row."""
    extra: dict[str, Any] = {"revision": revision, "body": body.model_dump_json(by_alias=True)}
    return CatalogRow(*place, **extra)
