"""The ready-made sources read what their vendors document, and not only the one sample."""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from signet.domain.events import Event
from signet.domain.sorting import Sorted, sort_out
from signet.domain.source import Arrival, Source
from signet.usecases import ready_made

NOW = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)
SAMPLES: dict[str, Any] = {one.name: one.sample for one in ready_made.catalogue()}


def sorted_out(name: str, body: object) -> Sorted:
    """Read a body by a ready-made source."""
    draft = {"ready_made": name, "allowed_origins": ["https://shop.example.org"]}
    filled = ready_made.completed(draft)
    filled.pop("signature", None)
    source = Source.model_validate({"workspace": "main", "name": name, **filled})
    return sort_out(source, body, Arrival(NOW, "past"))


def read(name: str, body: object) -> list[Event]:
    """Read a body by a ready-made source; nothing of it is bad."""
    return sorted_out(name, body).whole()


def changed(sample: Any, **fields: Any) -> Any:
    """Give a sample with other fields; without those that are None."""
    whole = {**copy.deepcopy(sample), **fields}
    return {name: value for name, value in whole.items() if value is not None}


EMAIL, FIRST_NAME = SAMPLES["hubspot"]
ASSOCIATED = changed(
    EMAIL, subscriptionType="contact.associationChange", objectId=None, propertyName=None,
    propertyValue=None, fromObjectId=60210733, toObjectId=511, associationRemoved=False,
)  # fmt: skip


def test_both_forms_of_hubspot_are_about_one_person() -> None:
    """A subscription to people and one to objects name the same record."""
    events = read("hubspot", [EMAIL, FIRST_NAME])

    assert ["hubspot:7391042:60210733"] * 2 == [one.identifiers.external_id for one in events]
    assert ["ada@example.org", None] == [one.identifiers.email for one in events]
    assert [{"email": "ada@example.org"}, {"first_name": "Ada"}] == [one.traits for one in events]
    assert [1772366400.0, 1772366401.0] == [one.occurred_at.timestamp() for one in events]


@pytest.mark.parametrize(
    "event",
    [changed(EMAIL, subscriptionType="company.propertyChange"),
     changed(EMAIL, subscriptionType="deal.creation", propertyName=None, propertyValue=None),
     changed(EMAIL, subscriptionType="object.propertyChange", objectTypeId="0-2"),
     changed(ASSOCIATED, subscriptionType="company.associationChange"),
     changed(ASSOCIATED, subscriptionType="object.associationChange", fromObjectTypeId="0-3"),
     changed(EMAIL, subscriptionType=None)],
)  # fmt: skip
def test_company_or_deal_of_hubspot_is_no_person(event: Any) -> None:
    """It waits in quarantine, and the change of a person beside it is taken."""
    found = sorted_out("hubspot", [event, FIRST_NAME])

    assert ["Ada"] == [one.traits["first_name"] for one in found.events]
    assert ["email"] == [one.error.fields[0].field for one in found.unread]


def test_association_of_a_person_in_hubspot_is_about_the_person() -> None:
    """It has no object of its own; each other end is another event."""
    other = changed(ASSOCIATED, toObjectId=512)
    generic = changed(
        ASSOCIATED, subscriptionType="object.associationChange", fromObjectTypeId="0-1"
    )
    events = read("hubspot", [ASSOCIATED, other, generic])

    assert {"hubspot:7391042:60210733"} == {one.identifiers.external_id for one in events}
    assert [
        "7391042:88001:902114455:60210733:1772366400000:511",
        "7391042:88001:902114455:60210733:1772366400000:512",
    ] == [one.id for one in events[:2]]


def test_attempts_of_hubspot_are_one_event() -> None:
    """The number of the attempt is part of the body, and of no id."""
    again = changed(EMAIL, attemptNumber=3)

    assert read("hubspot", [EMAIL])[0].id == read("hubspot", again)[0].id


def test_what_names_no_object_of_hubspot_is_known_by_its_content() -> None:
    """Two of them are two things, and nothing is called null."""
    bare = changed(EMAIL, objectId=None, propertyName=None)
    one, two = (sorted_out("hubspot", item) for item in (bare, changed(bare, eventId=5)))

    ids = {found.unread[0].id for found in (one, two)}
    assert 2 == len(ids)
    assert not any("null" in str(known) for known in ids)


def test_form_of_typeform_that_is_not_finished_is_only_begun() -> None:
    """It is dated by its beginning, and what is half said is no feedback."""
    (sent,) = read("typeform", SAMPLES["typeform"])
    half = copy.deepcopy(SAMPLES["typeform"]) | {"event_type": "form_response_partial"}
    del half["form_response"]["submitted_at"]
    (begun,) = read("typeform", half)

    assert ("Form sent", 4) == (sent.name, sent.context["feedback"]["rating"])
    assert ("Form begun", {}) == (begun.name, begun.context)
    assert datetime(2026, 3, 1, 11, 58, tzinfo=UTC) == begun.occurred_at
    assert ("ada-1815", "ada@example.org") == (
        begun.identifiers.external_id, begun.identifiers.email,
    )  # fmt: skip


def test_rating_of_nought_is_a_rating() -> None:
    """An opinion scale may begin at nought."""
    body = copy.deepcopy(SAMPLES["typeform"])
    body["form_response"]["answers"][2] |= {"number": 0}
    body["form_response"]["answers"][2]["field"] |= {"type": "opinion_scale"}
    (event,) = read("typeform", body)

    assert 0 == event.context["feedback"]["rating"]


def entry(**fields: Any) -> Any:
    """Write what Meta posts about one account."""
    return {"object": "instagram", "entry": [{"id": "1", "time": 1772366400, **fields}]}


COMMENT = {"id": "c1", "text": "Nice", "from": {"id": "7", "username": "ada"}}


@pytest.mark.parametrize(
    "body",
    [entry(changes=[{"field": "comments", "value": COMMENT}]),
     entry(changes=[{"field": "mentions", "value": {"media_id": "9"}},
                    {"field": "live_comments", "value": COMMENT}]),
     entry(field="comments", value=COMMENT),
     entry(field="live_comments", value=COMMENT)],
)  # fmt: skip
def test_comment_is_read_in_each_form_of_meta(body: Any) -> None:
    """Below a list of changes, or in the entry itself; of a picture, or of what is live."""
    (event,) = read("meta_comments", body)

    assert ("c1", "instagram:7", "Nice") == (
        event.id, event.identifiers.external_id, event.context["feedback"]["text"],
    )  # fmt: skip


@pytest.mark.parametrize("body", [entry(field="mentions", value={}), entry(changes=[]), entry()])
def test_what_is_no_comment_is_passed_over(body: Any) -> None:
    """An account may be subscribed to more than its comments."""
    assert [] == read("meta_comments", body)


def test_comments_of_several_accounts_are_all_read() -> None:
    """Meta gathers what it tells."""
    body = entry(changes=[{"field": "comments", "value": COMMENT}])
    body["entry"] += entry(field="comments", value={**COMMENT, "id": "c2"})["entry"]

    assert ["c1", "c2"] == [one.id for one in read("meta_comments", body)]


@pytest.mark.parametrize(
    ("kind", "ids"),
    [("PAUSED", 2), ("RESUMED", 2), ("CONTACT_DATA_UPDATED", 2), ("QUEUED", 1), ("INITIATED", 1)],
)
def test_what_may_happen_twice_to_a_call_is_told_apart_by_its_time(kind: str, ids: int) -> None:
    """A call may be paused again; it begins once, however often that is told."""
    detail = {"contactId": "c", "customerId": "ada", "eventType": kind}
    times = ("2026-03-01T12:00:00Z", "2026-03-01T12:01:00Z")
    found = {read("amazon_connect", {"detail": detail, "time": at})[0].id for at in times}

    assert ids == len(found)


def test_event_of_a_call_names_its_agent_in_either_case() -> None:
    """The moment of the answer is in a part that is written in two ways."""
    answered = {"connectedToAgentTimestamp": "2026-03-01T12:00:30Z"}
    detail = {"contactId": "c", "customerId": "ada", "eventType": "CONNECTED_TO_AGENT"}
    bodies = [
        {"detail": detail | {name: answered}, "time": "2026-03-01T12:00:31Z"}
        for name in ("agentInfo", "AgentInfo")
    ]
    moments = {read("amazon_connect", body)[0].occurred_at for body in bodies}

    assert {datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)} == moments
