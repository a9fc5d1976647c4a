"""What people say, from every door to the search, the timeline and the bucket."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import boto3
import pytest

from infra.local.cloud import LocalCloud
from tests.local.hostile import ask, profile_id
from tests.local.journey import WRITE, get, identify, post
from tests.local.test_naughty_strings import _strings

EVENTS = 100
LONG = "The parcel came late and the box was broken. " * 20
MAPPING = {
    "external_id": "who",
    "feedback": {"text": "words", "rating": "stars", "kind": "'review'"},
}


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Give a cloud in which Ada is known."""
    with LocalCloud() as running:
        identify(running, "ada", email="ada@example.org", locale="en-GB")
        running.drain()
        yield running


def found(cloud: LocalCloud, **query: str) -> list[dict[str, Any]]:
    """Search, and give the items."""
    asked = "&".join(f"{name}={quote(value)}" for name, value in query.items())
    data: list[dict[str, Any]] = get(cloud, f"/v1/feedback?{asked}")["data"]
    return data


def track(cloud: LocalCloud, number: int, text: str, *, event: str = "Feedback Given") -> None:
    """Let Ada say something through a tracking client."""
    call = {"type": "track", "userId": "ada", "messageId": f"f{number}", "event": event,
            "properties": {"text": text}}  # fmt: skip
    post(cloud, "/v1/batch", {"batch": [call]}, headers=WRITE)


def test_every_door_leads_to_the_search(cloud: LocalCloud) -> None:
    """A client's track, a CloudEvent and a mapped source are kept, read and found."""
    track(cloud, 1, "I love the blue box")
    envelope = {"specversion": "1.0", "id": "c1", "source": "till", "subject": "ada",
                "type": "com.acme.survey.answered",
                "data": {"answer": "The box is awful", "rating": 2}}  # fmt: skip
    kind = {"content-type": "application/cloudevents+json"}
    post(cloud, "/v1/events", envelope, headers=WRITE | kind)
    ask(cloud, "PUT", "/v1/sources/shop", {"kind": "social", "mapping": MAPPING})
    form = {"id": "s1", "who": "ada", "words": LONG, "stars": "1"}
    ask(cloud, "POST", "/v1/sources/shop", form, **WRITE)
    cloud.drain()
    boxes = found(cloud, q="box")

    assert ["review", "survey", "feedback"] == [item["kind"] for item in boxes]
    assert [LONG, 1] == [boxes[0]["text"], boxes[0]["rating"]]
    surveys = found(cloud, sentiment="negative", kind="survey")
    assert ["The box is awful"] == [item["text"] for item in surveys]
    assert {profile_id(cloud, "ada")} == {item["profile_id"] for item in boxes}
    timeline = get(cloud, f"/v1/profiles/{profile_id(cloud, 'ada')}/timeline")["data"]
    notes = [entry["feedback"] for entry in timeline if entry["feedback"]]
    assert ["positive", "negative"] == sorted(
        {note["sentiment"]["label"] for note in notes}, reverse=True
    )
    assert LONG not in json.dumps(timeline)


def test_a_repeat_and_a_second_delivery_are_one_document(cloud: LocalCloud) -> None:
    """The same call twice, and the same pack twice, are found once."""
    for _ in range(2):
        track(cloud, 1, "said once")
    cloud.drain()
    track(cloud, 1, "said once")
    cloud.drain()
    s3 = boto3.client("s3")
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    bucket = next(name for name in names if "feedback" in name.lower())
    stored = s3.list_objects_v2(Bucket=bucket)["Contents"]

    assert ["said once"] == [item["text"] for item in found(cloud, q="once")]
    assert 1 == len(stored)
    body = s3.get_object(Bucket=bucket, Key=stored[0]["Key"])["Body"].read()
    assert b"said" not in body


def test_an_ordinary_event_costs_nothing_more(cloud: LocalCloud) -> None:
    """An event of a known person keeps its budget; what is said pays for its words."""
    plain = _cost(cloud, "Order Completed")
    said = _cost(cloud, "Feedback Given")
    marks = ["a", "b", "c", "d", "all", "kind", "language", "sentiment", "person"]

    assert plain["calls"] <= 3 and plain["units"] <= 2.1
    assert len(marks) == round(said["units"] - plain["units"], 1)
    assert 5 == round(said["calls"] - plain["calls"], 1)


def _cost(cloud: LocalCloud, event: str) -> dict[str, float]:
    """Give what each of many events costs in the stores."""

    def spent() -> tuple[int, float]:
        view = cloud.meter.view()
        return sum(view["calls"].values()), view["units"].get("dynamodb.write", 0)

    said = [
        {"type": "track", "userId": "ada", "messageId": f"{event}{number}", "event": event,
         "properties": {"text": "a b c d"}}
        for number in range(EVENTS)
    ]  # fmt: skip
    before = spent()
    post(cloud, "/v1/batch", {"batch": said}, headers=WRITE)
    cloud.drain()
    calls, units = (after - start for after, start in zip(spent(), before, strict=True))
    return {"calls": calls / EVENTS, "units": units / EVENTS}


def test_naughty_strings_are_kept_found_and_asked_without_harm() -> None:
    """Each of the strings comes back byte for byte, and may be asked for; nothing is a 5xx."""
    strings = [text for text in _strings() if text.strip()]
    with LocalCloud() as cloud:
        for start in range(0, len(strings), 50):
            batch = [
                {"type": "track", "userId": "ada", "messageId": f"n{start + number}",
                 "event": "Feedback Given", "properties": {"text": text}}
                for number, text in enumerate(strings[start : start + 50])
            ]  # fmt: skip
            post(cloud, "/v1/batch", {"batch": batch}, headers=WRITE)
        cloud.drain()
        kept, cursor = [], ""
        while cursor is not None:
            page = get(cloud, f"/v1/feedback?limit=200{cursor and '&cursor=' + quote(cursor)}")
            kept += [item["text"] for item in page["data"]]
            cursor = page["next_cursor"]
        answers = [
            ask(cloud, "GET", f"/v1/feedback?q={quote(text)}").status for text in strings[::3]
        ]

    assert sorted(strings) == sorted(kept)
    assert {200, 400} >= set(answers)
    assert answers.count(200) > len(answers) / 2


def test_topics_hold_for_what_is_said_after_them(cloud: LocalCloud) -> None:
    """A document keeps the topics of the rules of its time, and names their version."""
    track(cloud, 1, "the parcel is lost")
    cloud.drain()
    rules = {"topics": [{"name": "delivery", "any": ["parcel"]}]}
    answer = ask(cloud, "PUT", "/v1/feedback-topics", rules)
    track(cloud, 2, "the parcel is here")
    cloud.drain()

    assert 200 == answer.status
    assert [("the parcel is here", 1)] == [
        (item["text"], item["topics_version"]) for item in found(cloud, topic="delivery")
    ]
    assert [1, 0] == [item["topics_version"] for item in found(cloud, q="parcel")]
