"""Which events carry what somebody said, and what their rows keep of it."""

from dataclasses import replace
from typing import Any

import pytest

from signet.adapters.dynamodb.feedback import DynamoFeedbackIndex
from signet.domain.events import IDENTIFIED, Event
from signet.domain.feedback import EXCERPT, closed, language_of, noted, said_in
from signet.errors import Transient
from signet.usecases.feedback import heard, object_key
from tests.unit.feedback.shop import NOW, Shop, event


def _tracked(name: str, **properties: object) -> Event:
    values = {"workspace": "main", "id": "1", "source": "s", "type": "signet.event.tracked",
              "name": name, "occurred_at": NOW, "received_at": NOW,
              "properties": properties}  # fmt: skip
    return Event.model_validate(values)


def test_a_mapping_may_say_that_there_is_feedback() -> None:
    """The object in the context decides, with its kind, rating and language."""
    said = said_in(event(text="  Late! ", kind="call_note", rating=2, language="en-GB"))

    assert said is not None
    assert ("  Late! ", "call_note", 2, "en") == (said.text, said.kind, said.rating, said.language)


@pytest.mark.parametrize(
    ("name", "properties", "kind"),
    [
        ("Feedback Given", {"text": "x"}, "feedback"),
        ("Review Submitted", {"review": "x", "stars": 3}, "review"),
        ("Product Reviewed", {"review_body": "x"}, "review"),
        ("com.acme.survey.answered", {"answer": "x"}, "survey"),
        ("shop review_submitted", {"comment": "x"}, "review"),
    ],
)
def test_a_usual_name_with_a_usual_text_is_feedback(
    name: str, properties: dict[str, object], kind: str
) -> None:
    """The last two words of the name decide, and a property holds the text."""
    said = said_in(_tracked(name, **properties))

    assert said is not None
    assert (kind, "x", properties.get("stars")) == (said.kind, said.text, said.rating)


@pytest.mark.parametrize(
    "ordinary",
    [
        _tracked("Order Completed", text="x"),
        _tracked("Feedback Given", total=5),
        _tracked("Feedback Given", text="  "),
        _tracked("Feedback Given", text=["x"]),
        _tracked("Feedback Given", text="x").model_copy(update={"type": IDENTIFIED}),
        event(text=" "),
        event(text="x").model_copy(update={"context": {"feedback": "x"}}),
        event(text="x").model_copy(update={"context": {"feedback": {"text": 5}}}),
    ],
)
def test_anything_else_is_an_ordinary_event(ordinary: Event) -> None:
    """Without a text there is no feedback, whatever the event is called."""
    shop = Shop()

    assert said_in(ordinary) is None
    assert shop.hear(ordinary) is ordinary
    assert ({}, {}) == (shop.objects.bodies, shop.table.rows)


def test_odd_ratings_kinds_and_languages_are_left_out() -> None:
    """What is not a rating, a kind or a language is not kept as one."""
    said = said_in(event(text="x", rating=True, kind="Call Note!", language="of Shakespeare"))

    assert said is not None
    assert (None, "other", None) == (said.rating, said.kind, said.language)
    told = [said_in(event(text="x", rating=value)) for value in ("4", "4.5", "four", [4])]
    assert [4, 4.5, None, None] == [one.rating for one in told if one]
    assert ["de", "zh", None] == [language_of(tag) for tag in ("DE_at", "zh-Hant-TW", "")]


def test_a_row_keeps_an_excerpt_and_the_way_to_the_text() -> None:
    """The whole of a long text is in the object only; a short one is its own excerpt."""
    shop = Shop()
    text = "ab " * 500
    long = _tracked("Feedback Given", text=text, total=1, answers=[{"a": text.strip()}, "ab"])
    row = shop.hear(long)
    note = noted(row)

    assert note is not None
    assert EXCERPT == len(note.excerpt)
    short = {"text": note.excerpt, "total": 1, "answers": [{"a": note.excerpt}, "ab"]}
    assert short == row.properties
    assert long.key == row.key == note.id
    assert [object_key("main", note.id)] == list(shop.objects.bodies)
    assert len(row.model_dump_json()) < 1500
    assert "Bad." == noted(shop.hear(event(text="Bad."))).excerpt  # type: ignore[union-attr]


def test_nobody_else_writes_the_note_of_an_event() -> None:
    """A note that a client made up is not shown."""
    made_up = event(text="x")
    strange = {"id": made_up.key, "kind": "review", "excerpt": "x", "language": "en",
               "sentiment": {"label": "delighted"}}  # fmt: skip

    assert noted(event(text="x", id="other")) is None
    assert noted(made_up.model_copy(update={"context": {"feedback": strange}})) is None
    assert noted(made_up) is None


def test_what_came_first_is_what_was_said() -> None:
    """A repeat with another text, time or person changes nothing, and is found once."""
    shop = Shop()
    first, again = event(text="first words"), event(9, text="second thoughts")
    again = again.model_copy(update={"id": first.id})
    shop.hear(first)
    row = shop.hear(again, profile_id="p2")

    assert ["first words"] == shop.find("words") == shop.find()
    assert [] == shop.find("thoughts")
    assert "first words" == noted(row).excerpt  # type: ignore[union-attr]
    assert closed(again, shop_document(shop, first)) == row


def shop_document(shop: Shop, said: Event):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Open the document of an event."""
    from signet.usecases.feedback import opened

    found = opened("main", said.key, shop.shelf)
    assert found is not None
    return found


class _Fails:
    """A port that fails before or after one of its calls, counted over all ports of a shop."""

    def __init__(self, port: object, countdown: list[int]) -> None:
        self._port = port
        self._countdown = countdown

    def __getattr__(self, name: str) -> Any:
        """Give a method that may fail."""
        method = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if self._fails():
                raise Transient("before")
            given = method(*args, **kwargs)
            if self._fails():
                raise Transient("after")
            return given

        return call

    def _fails(self) -> bool:
        self._countdown[0] -= 1
        return self._countdown[0] == 0


@pytest.mark.parametrize("failing", range(1, 13))
def test_whatever_breaks_off_is_made_whole_by_the_next_try(failing: int) -> None:
    """Wherever a keeping was cut off, the repeat leaves one document, found by every word."""
    shop, countdown = Shop(), [failing]
    table, objects = _Fails(shop.table, countdown), _Fails(shop.objects, countdown)
    index = DynamoFeedbackIndex(table, shop.shelf.sealer)  # type: ignore[arg-type]
    shelf = replace(shop.shelf, objects=objects, index=index)  # type: ignore[type-var]
    said = event(text="one two")
    try:
        heard(said, "p1", person=None, shelf=shelf)
    except Transient:
        row = heard(said, "p1", person=None, shelf=shelf)
        assert noted(row) is not None

    assert ["one two"] == shop.find("one") == shop.find("two") == shop.find(profile="p1")
    assert 1 == len(shop.objects.bodies)
    assert (failing > 8) == (countdown[0] > 0)
