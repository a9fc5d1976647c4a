"""What only the local cloud has answers errors as the product does, and its clock moves on only."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from infra.local.cloud import LocalCloud
from infra.local.local_api import Door
from infra.local.payload import Response, request_of
from tests.local.journey import get, identify, open_shop, order

CLOCK = "/_local/clock"
URN = "urn:signet:problem:"


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """Give a local cloud from which one mail left, shared by these tests."""
    with LocalCloud() as running:
        open_shop(running)
        identify(running, "ada", email="ada@example.org", first_name="Ada")
        order(running, "ada", number="1")
        running.drain()
        yield running


def ask(cloud: LocalCloud, method: str, path: str, *, body: str = "") -> Response:
    """Ask at the door, as `curl` does."""
    return Door(cloud).serve(request_of(method, path, headers={}, body=body))


def mail(cloud: LocalCloud) -> str:
    """Give the id of the one mail."""
    return str(cloud.outbox.list()[0]["id"])


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "/_local/nothing", "", 404, "missing"),
        ("GET", "/_local/outbox/nobody", "", 404, "missing"),
        ("POST", "/_local/outbox/nobody/open", "", 404, "missing"),
        ("GET", "/view/nobody.html", "", 404, "missing"),
        ("GET", "/_local/drain", "", 405, "method_not_allowed"),
        ("POST", CLOCK, "{", 400, "rejected"),
        ("POST", CLOCK, "[]", 400, "rejected"),
        ("POST", CLOCK, "", 400, "rejected"),
        ("POST", CLOCK, '{"advance": "soon"}', 400, "rejected"),
        ("POST", CLOCK, '{"advance": "-P1D"}', 422, "unprocessable"),
    ],
)
def test_a_local_problem_has_the_members_of_the_products_own(
    cloud: LocalCloud, *, method: str, path: str, body: str, status: int, code: str
) -> None:
    """Type, title, status, detail and instance are there, and speak the same language."""
    own = ask(cloud, "GET", "/v1/nothing")
    found = ask(cloud, method, path, body=body)

    assert (status, own.header("content-type")) == (found.status, found.header("content-type"))
    assert own.json().keys() == found.json().keys() - {"errors"}
    assert (URN + code, status) == (found.json()["type"], found.json()["status"])
    assert path == found.json()["instance"]
    assert found.json()["detail"]


def test_a_wrong_method_is_told_the_right_ones(cloud: LocalCloud) -> None:
    """As at the product's own paths."""
    assert "GET, POST" == ask(cloud, "DELETE", CLOCK).header("allow")


def test_one_nothing_is_described_in_the_same_words(cloud: LocalCloud) -> None:
    """A path that is not there is the same problem on either side of the door."""
    theirs, ours = (ask(cloud, "GET", path).json() for path in ("/v1/nothing", "/_local/nothing"))

    assert theirs | {"instance": ""} == ours | {"instance": ""}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"advance": "soon"}, "advance"),
        ({"advance": 3}, "advance"),
        ({"advance": "-P1D"}, "advance"),
        ({"advance": "P99999D"}, "advance"),
        ({"advance": "P1D", "foo": 1}, "foo"),
        ({"set": "yesterday"}, "set"),
        ({"set": "0001-01-01T00:00:00+14:00"}, "set"),
        ({"set": "2020-01-31T12:00:00Z"}, "set"),
    ],
)
def test_the_clock_stays_where_it_is_when_a_field_is_wrong(
    cloud: LocalCloud, body: dict[str, object], field: str
) -> None:
    """The field is named, and time goes neither on nor back."""
    before = cloud.clock.offset
    found = ask(cloud, "POST", CLOCK, body=json.dumps(body))

    assert [field] == [error["field"] for error in found.json()["errors"]]
    assert found.json()["detail"].startswith(f"{field}: ")
    assert abs(cloud.clock.offset - before) < timedelta(seconds=1)


def test_both_ways_to_move_the_clock_are_one_too_many(cloud: LocalCloud) -> None:
    """Either is said, never both."""
    both = {"advance": "P1D", "set": "2100-01-31T12:00:00Z"}

    assert 400 == ask(cloud, "POST", CLOCK, body=json.dumps(both)).status


def test_the_past_is_open_inside_the_house(cloud: LocalCloud) -> None:
    """What a demo replays happened earlier; only callers at the door may not go back."""
    past = datetime(2020, 1, 31, 12, tzinfo=UTC)
    with cloud.at(past):
        inside = cloud.clock.now()

    assert past <= inside < past + timedelta(minutes=1)
    assert cloud.clock.now() > past + timedelta(days=366)


def test_the_clock_moves_on_by_a_duration_and_to_a_time(cloud: LocalCloud) -> None:
    """Both ways lead to the same clock."""
    before = cloud.clock.now()
    advanced = ask(cloud, "POST", CLOCK, body='{"advance": "P1D"}')
    moment = (before + timedelta(days=2)).isoformat()
    moved = ask(cloud, "POST", CLOCK, body=json.dumps({"set": moment}))

    assert (200, 200) == (advanced.status, moved.status)
    assert datetime.fromisoformat(moved.json()["now"]) >= datetime.fromisoformat(moment)


def test_the_clock_does_not_go_back_by_what_the_work_on_the_way_took(cloud: LocalCloud) -> None:
    """A move that is shorter than the work that waits ends when the work does."""
    before = cloud.clock.offset
    for number in range(5):
        order(cloud, "ada", number=f"waits-{number}")
    moved = ask(cloud, "POST", CLOCK, body='{"advance": "PT0.001S"}')

    assert 200 == moved.status
    assert cloud.clock.offset > before - timedelta(milliseconds=1)


@pytest.mark.parametrize("limit", ["x", "0", "-1", "1001", "", "%C2%B2"])
def test_a_limit_that_is_none_is_refused(cloud: LocalCloud, limit: str) -> None:
    """As in the product's own lists, it is not read as something else."""
    found = ask(cloud, "GET", f"/_local/outbox?limit={limit}")

    assert (400, "limit") == (found.status, found.json()["errors"][0]["field"])
    assert 1 == len(ask(cloud, "GET", "/_local/outbox?limit=1").json()["data"])


@pytest.mark.parametrize(
    ("reaction", "body", "status", "field"),
    [
        ("open", '{"link": "x"}', 400, "link"),
        ("bounce", '{"type": "Soft"}', 400, "type"),
        ("bounce", '{"kind": "Permanent"}', 400, "kind"),
        ("click", '{"link": "https://example.org"}', 422, "link"),
    ],
)
def test_a_reaction_names_the_field_that_does_not_fit(
    cloud: LocalCloud, *, reaction: str, body: str, status: int, field: str
) -> None:
    """Nothing happens to the mail then."""
    found = ask(cloud, "POST", f"/_local/outbox/{mail(cloud)}/{reaction}", body=body)
    cloud.drain()

    assert (status, field) == (found.status, found.json()["errors"][0]["field"])
    assert (0, 0) == tuple(
        get(cloud, "/v1/reports/overview")[name] for name in ("opened", "clicked")
    )


def test_a_reply_is_for_later_and_says_so(cloud: LocalCloud) -> None:
    """The path is kept for a later version; until then it is a problem like any other."""
    found = ask(cloud, "POST", f"/_local/outbox/{mail(cloud)}/reply", body='{"text": "Thanks"}')

    assert (501, URN + "not_implemented") == (found.status, found.json()["type"])
    assert "later version" in found.json()["detail"]
    assert 404 == ask(cloud, "POST", "/_local/outbox/nobody/reply").status


def test_a_page_of_another_site_is_denied_as_a_problem(cloud: LocalCloud) -> None:
    """The refusal has the same form, too."""
    request = request_of("GET", "/_local/outbox", headers={"host": "evil.test"}, body=b"")
    found = Door(cloud).serve(request)

    assert (403, URN + "denied") == (found.status, found.json()["type"])


def test_a_click_on_a_mail_nobody_opened_counts_as_both(cloud: LocalCloud) -> None:
    """Who follows a link has opened the mail, as the report's description says."""
    assert 200 == ask(cloud, "POST", f"/_local/outbox/{mail(cloud)}/click").status
    cloud.drain()

    found = get(cloud, "/v1/reports/overview")
    assert (1, 1) == (found["opened"], found["clicked"])
