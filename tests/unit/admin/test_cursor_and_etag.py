"""Cursors and entity tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signet.errors import Rejected
from signet.runtime import etag
from signet.runtime.cursor import Cursors

CURSORS = Cursors(b"key")


@given(position=st.text(st.characters(codec="utf-8"), max_size=200))
def test_cursor_gives_its_position_back(position: str) -> None:
    """Any position survives the trip."""
    cursor = CURSORS.write(position, workspace="main", listing="/v1/x")

    assert position == CURSORS.read(cursor, workspace="main", listing="/v1/x")


@pytest.mark.parametrize(
    ("workspace", "listing", "key"),
    [("other", "/v1/x", b"key"), ("main", "/v1/y", b"key"), ("main", "/v1/x", b"other")],
)
def test_cursor_is_refused_elsewhere(workspace: str, listing: str, key: bytes) -> None:
    """A cursor is good for its workspace, its listing and its key only."""
    cursor = CURSORS.write("place", workspace="main", listing="/v1/x")
    with pytest.raises(Rejected):
        Cursors(key).read(cursor, workspace=workspace, listing=listing)


@given(text=st.text(min_size=1, max_size=60))
def test_made_up_cursor_is_refused(text: str) -> None:
    """What we did not write is the caller's error, whatever it is."""
    with pytest.raises(Rejected):
        CURSORS.read(text, workspace="main", listing="/v1/x")


def test_no_position_is_no_cursor() -> None:
    """The last page has no cursor, and no cursor is the first page."""
    assert CURSORS.write(None, workspace="main", listing="x") is None
    assert CURSORS.read("", workspace="main", listing="x") is None


def test_demand_knows_lists_stars_and_absence() -> None:
    """If-Match may list tags; a star stands for anything that is there."""
    tag = etag.of("a", 1)
    for header in (tag, f'"x", {tag}', "*"):
        etag.demand({"if-match": header}, tag)
    etag.demand({}, None)
    with pytest.raises(etag.Stale):
        etag.demand({"if-match": "*"}, None)


def test_tags_differ_when_a_part_differs() -> None:
    """Another state has another tag."""
    assert etag.of("a", 1) != etag.of("a", 2)
    assert etag.unchanged({"if-none-match": "W/" + etag.of("a")}, etag.of("a"))
