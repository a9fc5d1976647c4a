"""
What it costs to keep what people say, to read it, and to find it again.

Run with `signet bench feedback`, or `python -m benchmarks.feedback --documents 1000`.
The texts are the 3,708 rated sentences beside the repository where they are there, else made up
ones of the same length. It fails where a document costs more than a write unit for each of its
marks, or where sentiment goes less well with the ratings than was published.
"""

import argparse
import json
import logging
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cli.demo.doors import Doors
from cli.output import table
from infra.local.cloud import LocalCloud
from signet.domain.feedback import TopicRule
from signet.reading.language import language
from signet.reading.sentiment import MODEL, sentiment
from signet.reading.topics import topics
from signet.reading.words import findable, words

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "sentiment-vader"
FILE = CORPUS / "amazonReviewSnippets_GroundTruth.txt"
LEAST_CORRELATION = 0.58
# Besides its words: all, kind, language, sentiment and person.
OTHER_MARKS = 5
PEOPLE, BATCH = 200, 50
MADE_UP = 3708
RULES = [TopicRule(name=f"topic-{n}", any=(f"word{n}", "battery life")) for n in range(10)]
Result = dict[str, Any]
Rated = list[tuple[str, float]]


@dataclass
class Costs:
    """What some work in a cloud cost."""

    cloud: LocalCloud
    calls: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    def of(self, work: Callable[[], object]) -> object:
        """Do some work and give what it gives."""
        self.cloud.meter.calls.clear()
        self.cloud.meter.units.clear()
        began = time.perf_counter()
        given = work()
        self.seconds = time.perf_counter() - began
        self.calls, self.units = self.cloud.meter.calls.copy(), self.cloud.meter.units.copy()
        return given


def texts() -> tuple[Rated, bool]:
    """Give texts with their mean ratings, and whether they are people's own."""
    if FILE.exists():
        rows = [line.split("\t") for line in FILE.read_text("utf-8").splitlines()]
        return [(row[2], float(row[1])) for row in rows], True
    made = [
        " ".join(f"word{(number * step) % 997}" for step in range(1, 3 + number % 25))
        for number in range(MADE_UP)
    ]
    return [(text, 0.0) for text in made], False


def read(rated: Rated, *, people: bool) -> Result:
    """Read every text, and give the microseconds of each step."""
    said = [text for text, _ in rated]
    steps: dict[str, Callable[[str], object]] = {
        "words": findable,
        "language": lambda text: language(text, given=None),
        "sentiment": lambda text: sentiment(text, "en"),
        "topics": lambda text: topics(RULES, text, "en"),
    }
    found: Result = {f"{name}_us": _microseconds(step, said) for name, step in steps.items()}
    if people:
        scores = [float(sentiment(text, "en").score or 0.0) for text in said]
        found["sentiment_model"] = MODEL
        found["correlation_with_ratings"] = round(
            statistics.correlation(scores, [rating for _, rating in rated]), 3
        )
    return found


def _microseconds(step: Callable[[str], object], said: Sequence[str]) -> float:
    step(said[0])
    some = said[:500]
    began = time.perf_counter()
    for text in some:
        step(text)
    return round((time.perf_counter() - began) / len(some) * 1e6, 1)


def kept(cloud: LocalCloud, said: Sequence[str]) -> Result:
    """Keep texts, and give what each cost more than an ordinary event of the same people."""
    _track(cloud, said[:PEOPLE], "Somebody Came")
    plain, heard = Costs(cloud), Costs(cloud)
    plain.of(lambda: _track(cloud, said, "Text Seen"))
    heard.of(lambda: _track(cloud, said, "Feedback Given"))
    many, write = len(said), "dynamodb.write"
    marks = statistics.mean(len(findable(text)) for text in said) + OTHER_MARKS
    return {
        "documents": many,
        "words_per_document": round(statistics.mean(len(words(text)) for text in said), 1),
        "marks_per_document": round(marks, 2),
        "write_units_per_document": round((heard.units[write] - plain.units[write]) / many, 2),
        "calls_per_document": round(
            (sum(heard.calls.values()) - sum(plain.calls.values())) / many, 2
        ),
        "documents_per_second": round(many / heard.seconds, 1),
        "write_units_per_ordinary_event": round(plain.units[write] / many, 3),
        "calls_per_ordinary_event": round(sum(plain.calls.values()) / many, 3),
    }


def _track(cloud: LocalCloud, said: Sequence[str], event: str) -> None:
    doors = Doors(cloud)
    calls = [
        {
            "type": "track",
            "messageId": f"bench-{event}-{number}",
            "userId": f"person-{number % PEOPLE}",
            "event": event,
            "properties": {"text": text},
            "context": {"locale": "en-GB"},
        }
        for number, text in enumerate(said)
    ]
    for at in range(0, len(calls), BATCH):
        doors.track(calls[at : at + BATCH])
    cloud.drain()


def asked(cloud: LocalCloud, said: Sequence[str]) -> list[Result]:
    """Ask for rare and frequent words, phrases and marks, and give what each page cost."""
    counted = Counter(word for text in said for word in set(words(text)))
    ranks = [word for word, _ in counted.most_common()]
    often, second, rare = ranks[0], ranks[1], ranks[-1]
    apart = next((w for w in ranks[20:] if not _together(said, ranks[10], w)), rare)
    questions = {
        "a rare word": {"q": rare},
        "the most frequent word": {"q": often},
        "the two most frequent words": {"q": f"{often} {second}"},
        "a rare and the most frequent word": {"q": f"{rare} {often}"},
        "two words that never meet": {"q": f"{ranks[10]} {apart}"},
        "a phrase of frequent words": {"q": f'"{" ".join(words(said[0])[:2])}"'},
        "no word: the newest": {},
        "a sentiment and a kind": {"sentiment": "negative", "kind": "feedback"},
    }
    _page(cloud, "the first call pays for a cold start", {})
    return [_page(cloud, name, question) for name, question in questions.items()]


def _together(said: Sequence[str], first: str, second: str) -> bool:
    return any({first, second} <= set(words(text)) for text in said)


def _page(cloud: LocalCloud, name: str, question: dict[str, str]) -> Result:
    query = "&".join(f"{key}={quote(value)}" for key, value in question.items())
    costs = Costs(cloud)
    answer: Any = costs.of(lambda: Doors(cloud).ask("GET", f"/v1/feedback?{query}"))
    return {
        "question": name,
        "found": len(answer["data"]),
        "more": answer["next_cursor"] is not None,
        "table_calls": sum(n for call, n in costs.calls.items() if call.startswith("dynamodb")),
        "read_units": costs.units["dynamodb.read_halves"] / 2,
        "objects_opened": costs.calls["s3.GetObject"],
        "milliseconds": round(costs.seconds * 1000, 1),
    }


def measure(documents: int) -> Result:
    """Read, keep and ask, and give every figure."""
    rated, people = texts()
    result: Result = {"texts": "rated sentences" if people else "made up"}
    result |= read(rated, people=people)
    said = [text for text, _ in rated][:documents]
    with LocalCloud() as cloud:
        logging.getLogger().setLevel(logging.WARNING)
        result |= kept(cloud, said)
        result["searches"] = asked(cloud, said)
    return result


def faults(result: Result) -> list[str]:
    """Say in a sentence each which limit is broken."""
    found = []
    units, marks = result["write_units_per_document"], result["marks_per_document"]
    if units > marks + 1.5:
        found.append(f"a document cost {units} write units for {marks} marks")
    correlation = result.get("correlation_with_ratings", 1.0)
    if correlation < LEAST_CORRELATION:
        found.append(f"sentiment goes with ratings by {correlation} only")
    return found


def laid_out(result: Result) -> str:
    """Lay the figures out for people."""
    rows = [(name, value) for name, value in result.items() if name != "searches"]
    searches = result["searches"]
    pages = [tuple(search.values()) for search in searches]
    return f"{table(('figure', 'value'), rows)}\n\n{table(tuple(searches[0]), pages)}"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and fail where a limit is broken."""
    parser = argparse.ArgumentParser(prog="signet bench feedback")
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    given = parser.parse_args(arguments)
    result = measure(given.documents)
    sys.stdout.write((json.dumps(result) if given.json else laid_out(result)) + "\n")
    found = faults(result)
    sys.stderr.write("".join(f"feedback: {fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
