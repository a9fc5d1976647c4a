"""Sentiment: English by VADER's lexicon and rules, every other language honestly unknown."""

from functools import cache
from typing import Any

from signet.domain.feedback import UNKNOWN, Sentiment

MODEL = "vader 3.3.2"
LANGUAGE = "en"
# The model's own borders of neutral.
NEUTRAL = 0.05
# How often the label agreed with the mean of twenty people's ratings, among 3,708 sentences of
# product reviews, by the size of the score: from this size on, this share.
CONFIDENCE = ((0.6, 0.90), (0.4, 0.80), (0.2, 0.70), (NEUTRAL, 0.54), (0.0, 0.35))
_READ = 5000


def sentiment(text: str, language: str) -> Sentiment:
    """Tell how somebody felt who wrote a text."""
    if language != LANGUAGE:
        shown = "the language is not known" if language == UNKNOWN else f"not read in {language}"
        return Sentiment(label=UNKNOWN, reason=shown)
    score = float(_vader().polarity_scores(text[:_READ])["compound"])
    label = "neutral" if abs(score) < NEUTRAL else "positive" if score > 0 else "negative"
    confidence = next(share for size, share in CONFIDENCE if abs(score) >= size)
    return Sentiment.model_validate(
        {"label": label, "score": score, "model": MODEL, "confidence": confidence}
    )


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import (  # noqa: PLC0415 - only feedback is read
        SentimentIntensityAnalyzer,
    )

    return SentimentIntensityAnalyzer()
