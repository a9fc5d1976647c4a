"""Language, sentiment and topics of what people say."""

import statistics
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from signet.domain.feedback import TopicRule
from signet.reading.language import language
from signet.reading.sentiment import CONFIDENCE, MODEL, NEUTRAL, sentiment
from signet.reading.topics import topics

PUBLISHED = 0.58
Rated = list[tuple[float, float]]


@pytest.mark.parametrize(
    ("text", "given", "locale", "expected"),
    [
        ("Danke!", None, None, ("unknown", "nobody")),
        ("asdf 1234", None, "not a locale!", ("unknown", "nobody")),
        ("Danke!", None, "de-AT", ("de", "profile")),
        ("thanks", "en", "de", ("en", "given")),
        ("Die Kiste kam wieder zu spät an", None, None, ("de", "text")),
        ("配送がとても遅かったです", None, None, ("ja", "text")),
        ("The parcel came late", None, "de", ("de", "profile")),
        ("The parcel came late again and nobody ever answered my letters", None, "de",
         ("en", "text")),
        ("12345 !!! 12345 !!! 12345 !!! 12345 !!!", None, None, ("unknown", "nobody")),
    ],
)  # fmt: skip
def test_a_language_is_told_by_the_best_word_for_it(
    text: str, given: str | None, locale: str | None, expected: tuple[str, str]
) -> None:
    """The sender's word stands; a profile's yields to a long clear text; a short one is unknown."""
    assert expected == language(text, given=given, locale=locale)


def test_the_same_text_has_the_same_language_each_time() -> None:
    """The detector draws lots, always the same."""
    text = "Pakken kom altfor sent og var helt ødelagt"

    assert 1 == len({language(text, given=None) for _ in range(20)})


@pytest.mark.parametrize(
    ("text", "label"),
    [("I love it, great service!", "positive"), ("Terrible. Never again.", "negative"),
     ("It is awful and I hate it", "negative"), ("The box is blue", "neutral")],
)  # fmt: skip
def test_english_is_read_with_model_and_confidence(text: str, label: str) -> None:
    """A label stands with its score, the model, and how often the model is right there."""
    found = sentiment(text, "en")

    assert (label, MODEL, None) == (found.label, found.model, found.reason)
    assert found.score is not None and -1 <= found.score <= 1
    assert found.confidence in {share for _, share in CONFIDENCE}


@pytest.mark.parametrize("tongue", ["de", "unknown"])
def test_other_languages_are_honestly_unknown(tongue: str) -> None:
    """German words would be scored by accident; nothing is said about them."""
    found = sentiment("Super! Die Gift war toll", tongue)

    assert ("unknown", None, None, None) == (
        found.label, found.score, found.model, found.confidence
    )  # fmt: skip
    assert found.reason


def test_the_named_model_is_the_installed_one() -> None:
    """A new version of the model is a new name."""
    assert f"vader {version('vaderSentiment')}" == MODEL


def test_scores_go_with_the_ratings_of_people(corpora: Callable[[str], Path]) -> None:
    """On 3,708 rated sentences the correlation is the published one, 0.59."""
    rated = _rated(corpora("sentiment-vader"))

    assert PUBLISHED <= statistics.correlation(*zip(*rated, strict=True))


def test_confidence_is_how_often_the_label_was_right(corpora: Callable[[str], Path]) -> None:
    """Each share is measured: the same sign as the people's mean, or within half a point of 0."""
    rated = _rated(corpora("sentiment-vader"))
    for lower, (size, share) in zip([1.01] + [s for s, _ in CONFIDENCE], CONFIDENCE, strict=False):
        hits = [
            abs(mean) < 0.5 if abs(score) < NEUTRAL else (score > 0) == (mean > 0)
            for score, mean in rated
            if size <= abs(score) < lower
        ]
        assert share == pytest.approx(statistics.mean(hits), abs=0.02)


def _rated(folder: Path) -> Rated:
    lines = (folder / "amazonReviewSnippets_GroundTruth.txt").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    return [(float(sentiment(row[2], "en").score or 0), float(row[1])) for row in rows]


def test_topics_are_told_by_rules() -> None:
    """Any of these, all of those, none of the others; phrases as they stand, a language if any."""
    rules = [
        TopicRule(name="delivery", any=("parcel", "delivered late")),
        TopicRule.model_validate({"name": "refund", "all": ["money", "back"], "not": ["horse"]}),
        TopicRule(name="german", any=("kiste",), language="de"),
    ]
    told = [
        topics(rules, text, "en")
        for text in ("My PARCEL!", "late delivered", "it was delivered, late", "Kiste",
                     "back my money", "money back on this horse")
    ]  # fmt: skip

    assert [("delivery",), (), ("delivery",), (), ("refund",), ()] == told
    assert ("german",) == topics(rules, "Die Kiste", "de")
