"""Which events carry what somebody said, and what their rows keep of it."""

import pytest

from signet.domain.events import IDENTIFIED, Event
from signet.domain.feedback import EXCERPT, closed, language_of, noted, said_in
from signet.usecases.feedback import object_key
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
    from signet.usecases.feedback import _opened

    found = _opened("main", said.key, shop.shelf)
    assert found is not None
    return found
