"""What was true at any instant: random histories against a plain replay of them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.consent import Consent
from signet.domain.permission import Question, judge, refusal
from signet.domain.receipt import Receipt, with_expiries
from signet.usecases.views import word as shown
from tests.unit.people.test_merging import Town, town

HISTORIES, MERGED_HISTORIES = 1000, 100
DAY = datetime(2026, 5, 3, 10, 2, tzinfo=UTC)
TICK = timedelta(microseconds=1)
CHANNELS, TOPICS = ("email", "sms", "push"), ("news", "offers", "news.local")
Place = tuple[str, str]
# Channel, topic, status, since when, and which act it was.
Answer = set[tuple[str, str, str, datetime, str]]


@dataclass(frozen=True)
class Act:
    """One thing that a person did, with what the clock of its container said."""

    name: str
    place: Place
    status: str
    clock: datetime
    expires_at: datetime | None = None


@dataclass
class Replay:
    """A plain list of what was said about each thing, in the order in which it was said."""

    said: dict[Place, list[tuple[datetime, Act]]] = field(default_factory=dict)

    def hear(self, act: Act) -> None:
        """Note an act; a clock that is behind does not make it an older one."""
        if act.status == "pending":
            return
        known = self.said.setdefault(act.place, [])
        behind = bool(known) and act.clock <= known[-1][0]
        known.append((known[-1][0] + TICK if behind else act.clock, act))

    def at(self, moment: datetime) -> Answer:
        """Tell what was true at a moment."""
        found: Answer = set()
        for place, known in self.said.items():
            before = [entry for entry in known if entry[0] <= moment]
            if before:
                since, act = before[-1]
                over = act.expires_at is not None and act.expires_at <= moment
                found.add((*place, "expired" if over else act.status, since, act.name))
        return found

    def instants(self) -> Iterator[datetime]:
        """Give the moments right before, at and right after everything that changed."""
        for known in self.said.values():
            for since, act in known:
                for edge in (since, act.expires_at or since):
                    yield from (edge - TICK, edge, edge + TICK)


def history(seed: int) -> list[Act]:
    """Draw a history of one person, told by containers whose clocks disagree by minutes."""
    drawn = random.Random(f"history {seed}")  # noqa: S311 - the same histories each time
    now, acts = DAY, []
    skews = [timedelta(seconds=drawn.uniform(-300, 300)) for _ in range(3)]
    for number in range(drawn.randint(1, 14)):
        now += timedelta(seconds=drawn.choice((0, 0, 1, 60, 3600)) * drawn.random())
        clock = now + drawn.choice(skews)
        place = (drawn.choice(CHANNELS), drawn.choice(TOPICS[: drawn.randint(1, 3)]))
        status = drawn.choice(("granted", "granted", "granted", "withdrawn", "pending"))
        ends = status == "granted" and drawn.random() < 0.5
        end = clock + timedelta(seconds=drawn.choice((1, 60, 900, 7200))) if ends else None
        acts.append(Act(f"act {number}", place, status, clock, end))
    return acts


def store(seed: int) -> DynamoPermissions:
    """Give a store of words on an empty table."""
    return DynamoPermissions(MemoryTable(), RootSealer(b"r" * 64, SeededRandom(f"words {seed}")))


def perform(act: Act, permissions: DynamoPermissions) -> None:
    """Let an act happen."""
    channel, topic = act.place
    said: dict[str, Any] = {
        "channel": channel, "topic": topic, "source": act.name, "expires_at": act.expires_at,
        "at": act.clock,
    }  # fmt: skip
    if act.status == "pending":
        receipt = Receipt(**said, id=act.name, profile_id="p1", event="pending")
        permissions.ask_consent("main", receipt)
        return
    permissions.record_consent("main", "p1", Consent(**said, status=act.status))  # type: ignore[arg-type]


def answer(words: tuple[Consent, ...], at: datetime) -> Answer:
    """Give an answer as the door shows it, as far as a replay knows it."""
    views = [shown(one, at) for one in words]
    return {(v.channel, v.topic, v.status, v.at, v.source) for v in views}


def test_the_answer_at_every_instant_equals_a_plain_replay() -> None:
    """In 1,000 random histories, before, at and after every event and every expiry."""
    asked, statuses = 0, set[str]()
    for seed in range(HISTORIES):
        permissions, replay = store(seed), Replay()
        for act in history(seed):
            perform(act, permissions)
            replay.hear(act)
        for instant in {*replay.instants(), DAY - timedelta(days=9), DAY + timedelta(days=9)}:
            expected = replay.at(instant)
            found = answer(permissions.words_at("main", "p1", instant), instant)

            assert expected == found, (seed, instant)
            asked += 1
            statuses |= {status for _, _, status, _, _ in expected}

    assert {"granted", "withdrawn", "expired"} == statuses
    assert asked > 10 * HISTORIES


def test_the_words_that_a_look_finds_are_those_of_the_last_instant() -> None:
    """What stands, what is sent by, and what the receipts say are one thing."""
    verdicts = set[str]()
    for seed in range(200):
        permissions, replay = store(seed), Replay()
        for act in history(seed):
            perform(act, permissions)
            replay.hear(act)
        late = DAY + timedelta(days=9)
        looked = permissions.look("main", "p1")
        places = {(channel, topic): status for channel, topic, status, _, _ in replay.at(late)}

        assert set(permissions.words_at("main", "p1", late)) == set(looked.consents)
        for place in ((channel, topic) for channel in CHANNELS for topic in TOPICS):
            refused = refusal(judge(looked, Question(channel=place[0], topic=place[1], at=late)))
            verdicts.add(refused.reason if refused else "")
            assert (places.get(place) == "granted") == (refused is None), (seed, place)

    assert {"", "no_consent", "consent_withdrawn", "consent_expired"} == verdicts


def test_every_word_has_a_receipt_that_says_what_it_was() -> None:
    """Given where nothing good stood, renewed over a good grant; each one is kept for ever."""
    for seed in range(200):
        permissions, replay = store(seed), Replay()
        for act in history(seed):
            perform(act, permissions)
            replay.hear(act)
        expected = {act.name: "pending" for act in history(seed) if act.status == "pending"}
        for known in replay.said.values():
            before: Act | None = None
            for since, act in known:
                ended = before is not None and (before.expires_at or since + TICK) <= since
                good = before is not None and before.status == "granted" and not ended
                granted = "renewed" if good else "given"
                expected[act.name] = granted if act.status == "granted" else "withdrawn"
                before = act
        found = permissions.receipts("main", "p1")

        assert expected == {one.source: one.event for one in found}
        assert len(found) == len({one.id for one in found}) == len(history(seed))


def test_grants_that_ended_by_themselves_are_told_once_and_others_never() -> None:
    """A grant that was withdrawn or renewed before its end did not end by itself."""
    permissions = store(0)
    hour = timedelta(hours=1)
    news, offers = ("email", "news"), ("email", "offers")
    for act in (
        Act("ends", news, "granted", DAY, DAY + hour),
        Act("renewed in time", offers, "granted", DAY, DAY + 2 * hour),
        Act("withdrawn in time", offers, "granted", DAY + hour, DAY + 3 * hour),
        Act("withdrawal", offers, "withdrawn", DAY + 2 * hour),
        Act("not over yet", news, "granted", DAY + 2 * hour, DAY + 99 * hour),
    ):
        perform(act, permissions)
    told = with_expiries(permissions.receipts("main", "p1"), DAY + 9 * hour)

    assert [("ends", DAY + hour)] == [
        (one.source, one.at) for one in told if one.event == "expired"
    ]
    assert sorted(told, key=lambda one: one.at, reverse=True) == list(told)


def test_what_was_true_of_merged_people_stays_what_it_was() -> None:
    """Whatever is merged, undone and said later, each past answer is what a look gave then."""
    moves = {"said": 0, "merged": 0, "unmerged": 0}
    for seed in range(MERGED_HISTORIES):
        drawn = random.Random(f"merged {seed}")  # noqa: S311 - the same histories each time
        people = town("p1", "p2", "p3")
        seen: list[tuple[datetime, dict[str, Answer]]] = []
        for _ in range(drawn.randint(3, 9)):
            moves[_move(people, drawn)] += 1
            now = people.clock.now()
            seen.append((now, {p: _looked(people, p, now) for p in ("p1", "p2", "p3")}))
        for moment, answers in seen:
            for person, expected in answers.items():
                words = people.permissions.words_at("main", person, moment)
                assert expected == answer(words, moment), (seed, moment, person)

    assert min(moves.values()) > MERGED_HISTORIES / 4


def _looked(people: Town, person: str, now: datetime) -> Answer:
    return answer(people.permissions.look("main", person).consents, now)


def _move(people: Town, drawn: random.Random) -> str:
    """Let somebody speak, be merged, or be told apart again; what cannot be is spoken instead."""
    standing = people.merges.standing("main", ["p1", "p2", "p3"])
    alone = [ident for ident, one in standing.items() if not one.merged_into]
    kind = drawn.random()
    if kind < 0.3 and len(alone) > 1:
        into, away = drawn.sample(sorted(alone), 2)
        rejected = people.merges.get_many("main", [into, away])
        if not any(one.undone_at for one in rejected.values()):
            people.merge(into, away)
            return "merged"
    gone = [ident for ident, one in standing.items() if one.merged_into in alone]
    if kind > 0.75 and gone:
        people.unmerge(drawn.choice(sorted(gone)))
        return "unmerged"
    status = drawn.choice(("granted", "withdrawn"))
    people.say(drawn.choice(("p1", "p2", "p3")), status, drawn.choice(("news", "offers")))
    return "said"
