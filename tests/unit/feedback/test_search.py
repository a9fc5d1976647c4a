"""What is kept is found, by every word of it, and nothing else is."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signet.domain.feedback import FeedbackTopics, TopicRule
from signet.errors import Rejected
from signet.reading.words import findable, words
from signet.usecases import feedback_search
from signet.usecases.feedback import object_key
from signet.usecases.feedback_search import wanted
from tests.unit.feedback.shop import Shop, event, person

# Few letters of several scripts, so that texts share words.
LETTERS = "abé 😡雨天한 .,'\"\n"
texts = st.text(st.sampled_from(LETTERS), min_size=1, max_size=25).filter(lambda t: bool(t.strip()))
many = st.lists(texts, min_size=1, max_size=6)


@settings(deadline=None, max_examples=60)
@given(many, st.randoms(use_true_random=False))
def test_every_word_finds_what_holds_it(said: list[str], random: object) -> None:
    """Each word finds the texts that hold it and no other, however often and in whatever order."""
    shop, events = Shop(), [event(number, text=text) for number, text in enumerate(said)]
    repeated = events * 2
    random.shuffle(repeated)  # type: ignore[attr-defined]
    for one in repeated:
        shop.hear(one)

    for word in {word for text in said for word in words(text)}:
        holders = [text for text in reversed(said) if word in words(text)]
        assert holders == shop.find(word)
    for other in ("nowhere", "c", "雪"):
        assert [] == shop.find(other)
    assert list(reversed(said)) == shop.find()


@settings(deadline=None, max_examples=40)
@given(many, texts)
def test_words_and_phrases_mean_what_they_say(said: list[str], asked: str) -> None:
    """Several words must all be there; between quotation marks they stand as they are."""
    shop = Shop()
    for number, text in enumerate(said):
        shop.hear(event(number, text=text))
    asked = asked.replace('"', " ")
    sequence = words(asked)
    if not sequence or len(set(sequence)) > feedback_search.MOST_ASKED:
        return

    holders = [t for t in reversed(said) if set(sequence) <= set(words(t))]
    assert holders == shop.find(asked)
    exact = [t for t in holders if _follows(words(t), sequence)]
    assert exact == shop.find(f'"{asked}"')


def _follows(text: list[str], phrase: list[str]) -> bool:
    places = range(len(text) - len(phrase) + 1)
    return any(text[at : at + len(phrase)] == phrase for at in places)


def test_long_lists_are_walked_page_by_page() -> None:
    """More postings than one read gives, rare and frequent words together, small pages."""
    shop = Shop()
    for number in range(250):
        rare = " rare" if number % 50 == 0 else ""
        shop.hear(event(number, text=f"common{' odd' * (number % 2)}{rare} n{number}"))

    assert 5 == len(shop.find("rare common"))
    assert 125 == len(shop.pages("odd common", limit=7))
    assert 250 == len(set(shop.find("common")))
    assert [] == shop.find("rare odd")


def test_a_search_stops_and_goes_on_by_its_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one answer may not look at any more is left to the next page, and nothing is lost."""
    shop = Shop()
    for number in range(40):
        shop.hear(event(number, text=f"one {'two' if number == 0 else 'three'}"))
    monkeypatch.setattr(feedback_search, "LOOKED_AT", 10)
    shop.hear(event(50, text="two"))
    page = feedback_search.search(
        "main", wanted('"one two"', marks={}), limit=5, position=None, shelf=shop.shelf
    )
    monkeypatch.setattr(feedback_search, "OPENED", 10)
    phrase = feedback_search.search(
        "main", wanted('"one three"', marks={}), limit=50, position=None, shelf=shop.shelf
    )

    assert 1 == len(page.items)
    assert 10 == len(phrase.items) and phrase.next_position is not None
    assert 39 == len(shop.find('"one three"'))


def test_marks_narrow_what_is_found() -> None:
    """Language, sentiment, topic, kind and person are lists like those of words."""
    shop = Shop()
    rule = TopicRule(name="delivery", any=("parcel",))
    shop.catalog.save_feedback_topics(FeedbackTopics(workspace="main", version=1, topics=(rule,)))
    bad = "I hate it, the parcel is broken"
    shop.hear(event(1, text=bad, language="en"))
    shop.hear(event(2, text="I love the parcel", kind="post"), who=person(locale="en-US"))
    shop.hear(event(3, text="Die Kiste kam heute"), profile_id="p2", who=person(locale="de"))

    assert [bad] == shop.find(sentiment="negative") == shop.find("it", language="en", kind="review")
    assert 2 == len(shop.find(topic="delivery"))
    assert ["Die Kiste kam heute"] == shop.find(profile="p2") == shop.find(sentiment="unknown")
    assert [] == shop.find(topic="delivery", language="de")
    assert [] == shop.find(workspace="other") == shop.find("parcel", workspace="other")
    assert {(1, ("delivery",))} == {
        (v.topics_version, v.topics) for v in shop.pages("parcel")
    }  # fmt: skip


def test_days_bound_what_is_found() -> None:
    """Both days belong to the stretch, as in reports."""
    shop = Shop()
    for days in range(4):
        one = event(days, text="again")
        moved = one.model_copy(update={"occurred_at": one.occurred_at + timedelta(days=days)})
        shop.hear(moved)
    first = event().occurred_at.date()
    since, until = first + timedelta(days=1), first + timedelta(days=2)
    for question in ("", "again"):
        ask = wanted(question, marks={}, since=since, until=until)
        page = feedback_search.search("main", ask, limit=9, position=None, shelf=shop.shelf)
        assert 2 == len(page.items)


@pytest.mark.parametrize("question", ["!?", '""', "x" * 501, " ".join(f"w{n}" for n in range(17))])
def test_a_question_without_a_word_or_with_too_many_is_refused(question: str) -> None:
    """The field is named; a question of nothing but space asks for everything."""
    with pytest.raises(Rejected) as refused:
        wanted(question, marks={})

    assert ["q"] == [fault.field for fault in refused.value.fields]
    assert () == wanted("  ", marks={}).words


def test_everything_of_a_document_is_found_from_its_person() -> None:
    """Following a person's list reaches each row and each object: nothing is left behind."""
    shop = Shop()
    for number, text in enumerate(("one two", "雨天 😡 two")):
        shop.hear(event(number, text=text))
    shop.hear(event(7, text="two of another"), profile_id="p2")
    for feedback_id, rows in list(shop.index.rows_of("main", "p1")):
        del shop.objects.bodies[object_key("main", feedback_id)]
        for key in rows:
            assert shop.table.delete(key)

    left = {sk for _, sk in shop.table.rows}
    assert 1 == len(left) == len(shop.objects.bodies)
    assert ["two of another"] == shop.find("two") == shop.find()


def test_no_key_and_no_object_shows_a_word() -> None:
    """Tables and buckets hold hashes and sealed bytes, and the id of the person."""
    shop = Shop()
    shop.hear(event(text="secretword unheard"))
    rows = repr(shop.table.rows)

    assert "secretword" in findable("secretword unheard")
    assert "secret" not in rows and "review" not in rows
    (body,) = shop.objects.bodies.values()
    assert body.startswith(b"p1\n") and b"secret" not in body


def test_a_document_that_is_gone_is_passed_over() -> None:
    """Postings of an erased object find nothing, and nothing fails."""
    shop = Shop()
    shop.hear(event(1, text="gone"))
    shop.objects.bodies.clear()
    shop.hear(event(2, text="gone too"))

    assert ["gone too"] == shop.find("gone")
