"""What people said, and its topics, through the admin function."""

from urllib.parse import quote

import pytest

from signet.usecases.feedback import FeedbackShelf, heard
from tests.functions.admin_world import World
from tests.unit.feedback.shop import event

TOPICS = {"topics": [{"name": "delivery", "any": ["parcel", "came late"], "not": ["thanks"]}]}


def _world() -> World:
    """Give a world in which three things were said, by a person with a timeline."""
    world = World()
    world.person("p1")
    world.call("PUT", "/v1/feedback-topics", TOPICS)
    shelf = FeedbackShelf(world.feedback, world.index, world.catalog, world.sealer)
    texts = ("The parcel came late again, I hate it", "Großartig!", "Nice colours, I love them")
    for number, text in enumerate(texts, 1):
        language = "de" if "ß" in text else "en"
        said = event(number, text=text, language=language, rating=number)
        world.events.add("p1", heard(said, "p1", person=None, shelf=shelf), messages=[])
    return world


def _found(world: World, query: str, **more: str) -> list[str]:
    answer = world.call("GET", f"/v1/feedback?{query}", **more)  # type: ignore[arg-type]
    assert 200 == answer.status, answer.text
    return [item["text"].split()[0] for item in answer.json["data"]]


def test_an_item_tells_what_was_said_and_how_it_was_read() -> None:
    """Every part of the answer is there, the text to the letter."""
    (item,) = _world().call("GET", "/v1/feedback?q=late").json["data"]

    assert "The parcel came late again, I hate it" == item["text"]
    assert ("p1", "source:reviews", "review", 1, "en") == tuple(
        item[name] for name in ("profile_id", "source", "kind", "rating", "language")
    )
    assert ("negative", "vader 3.3.2") == (item["sentiment"]["label"], item["sentiment"]["model"])
    assert -1 <= item["sentiment"]["score"] < 0 < item["sentiment"]["confidence"] <= 1
    assert (["delivery"], 1) == (item["topics"], item["topics_version"])
    assert item["occurred_at"].startswith("2026-11-24T12:01")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Nice", "Großartig!", "The"]),
        ("q=GROSSARTIG", ["Großartig!"]),
        ('q="parcel came"', ["The"]),
        ('q="came parcel"', []),
        ("q=i", ["Nice", "The"]),
        ("language=DE", ["Großartig!"]),
        ("sentiment=positive&kind=review", ["Nice"]),
        ("sentiment=unknown", ["Großartig!"]),
        ("topic=delivery&profile_id=p1", ["The"]),
        ("profile_id=p2", []),
        ("from=2026-11-24&to=2026-11-24&limit=200", ["Nice", "Großartig!", "The"]),
        ("from=2026-11-25", []),
        ("to=2026-11-23&q=late", []),
        ("from=0001-01-01&to=9999-12-31&q=late", ["The"]),
    ],
)
def test_a_search_finds_what_it_asks_for(query: str, found: list[str]) -> None:
    """Words, phrases, marks and days, alone and together; newest first."""
    assert found == _found(_world(), query)


def test_pages_go_on_where_they_ended() -> None:
    """A cursor belongs to its question, and the last page has none."""
    world = _world()
    first = world.call("GET", "/v1/feedback?q=i&limit=1").json
    cursor = quote(first["next_cursor"])
    second = world.call("GET", f"/v1/feedback?q=i&limit=1&cursor={cursor}").json
    other = world.call("GET", f"/v1/feedback?q=hate&limit=1&cursor={cursor}")

    assert [1, 1] == [len(page["data"]) for page in (first, second)]
    assert (None, 400) == (second["next_cursor"], other.status)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=!!!", "q"),
        (f"q={'x' * 501}", "q"),
        ("sentiment=angry", "sentiment"),
        ("from=yesterday", "from"),
        ("limit=0", "limit"),
        ("language=German", "language"),
        ("word=late", "word"),
    ],
)
def test_a_bad_question_names_its_field(query: str, field: str) -> None:
    """What cannot be asked is 400."""
    answer = World().call("GET", f"/v1/feedback?{query}")

    assert (400, field) == (answer.status, answer.json["errors"][0]["field"])


def test_who_may_read_and_who_may_write_topics() -> None:
    """What people said is for support, privacy and analysts; topics are for editors."""
    world = _world()
    roles = ("owner", "support", "privacy", "analyst", "editor", "operator", "auditor", "approver")
    read = [world.call("GET", "/v1/feedback", role=role).status for role in roles]
    wrote = [world.call("PUT", "/v1/feedback-topics", TOPICS, role=r).status for r in roles]

    assert [200] * 4 + [403] * 4 == read
    assert [200, 403, 403, 403, 200, 403, 403, 403] == wrote
    assert [] == _found(world, "", role="other-owner")


def test_the_timeline_shows_what_was_said() -> None:
    """An event that carried feedback has its excerpt, sentiment and topics; others have none."""
    world = _world()
    world.event("p1")
    rows = world.call("GET", "/v1/profiles/p1/timeline").json["data"]
    said = next(row["feedback"] for row in rows if (row["feedback"] or {}).get("topics"))

    assert 3 == len([row for row in rows if row["feedback"]])
    assert "The parcel came late again, I hate it" == said["excerpt"]
    assert ("negative", ["delivery"], 1) == (
        said["sentiment"]["label"], said["topics"], said["rating"]
    )  # fmt: skip


def test_topics_are_versions_that_stay() -> None:
    """Each change is a version; the same rules are no change; an unseen state is 412."""
    world = World()
    none = world.call("GET", "/v1/feedback-topics")
    first = world.call("PUT", "/v1/feedback-topics", TOPICS)
    again = world.call("PUT", "/v1/feedback-topics", TOPICS)
    second = world.call(
        "PUT", "/v1/feedback-topics", {"topics": []}, if_match=first.headers["etag"]
    )
    stale = world.call("PUT", "/v1/feedback-topics", TOPICS, if_match=none.headers["etag"])
    older = world.call("GET", "/v1/feedback-topics?version=1")

    assert {"version": 0, "topics": []} == none.json
    assert [1, 1, 2] == [answer.json["version"] for answer in (first, again, second)]
    assert 412 == stale.status
    rule = {"name": "delivery", "any": ["parcel", "came late"], "all": [], "not": ["thanks"],
            "language": None}  # fmt: skip
    assert {"version": 1, "topics": [rule]} == older.json
    assert 404 == world.call("GET", "/v1/feedback-topics?version=3").status
    assert 400 == world.call("GET", "/v1/feedback-topics?version=x").status


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"name": "a", "any": ["fine", "?!"]}, "topics.0.any.1"),
        ({"name": "a", "any": ["fine"], "not": ["x" * 101]}, "topics.0.not.0"),
        ({"name": "a", "not": ["fine"]}, "topics.0"),
        ({"name": "A b", "any": ["fine"]}, "topics.0.name"),
        ({"name": "a", "any": ["fine"], "language": "German"}, "topics.0.language"),
        ({"name": "a", "any": ["x"] * 51}, "topics.0.any"),
        ({"name": "a", "any": ["fine"], "none": ["x"]}, "topics.0.none"),
    ],
)
def test_a_bad_rule_names_its_field(rule: dict[str, object], field: str) -> None:
    """What could never be told, or means something else than it says, is refused."""
    answer = World().call("PUT", "/v1/feedback-topics", {"topics": [rule]})

    assert (400, field) == (answer.status, answer.json["errors"][0]["field"])
