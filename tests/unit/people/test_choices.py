"""What people choose for themselves: a pause, how often, and whether their data are shared."""

from datetime import timedelta

import pytest

from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.cap import Cap
from signet.domain.choices import (
    FREQUENCIES,
    UNSET,
    Settings,
    frequency,
    sharing_rule,
    strictest_settings,
)
from signet.domain.consent import Consent
from signet.domain.permission import Permission, Question, judge, refusal
from signet.domain.policy import Policy, PolicyDraft, Topic
from tests.fixed_clock import NOON
from tests.unit.people.test_merging import town

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEWS = Consent(channel="email", topic="news", status="granted", at=NOON - DAY)
OPTED_OUT = Consent(
    channel="any", topic="sale_and_sharing", status="withdrawn", basis="gpc", at=NOON
)
DRAFT = PolicyDraft(topics=(Topic(topic="partners", shares_data=True), Topic(topic="news")))
POLICY = Policy(workspace="main", version=3, draft=DRAFT)


def asked(topic: str | None) -> Question:
    """Ask about a mail at noon."""
    return Question(channel="email", topic=topic, at=NOON)


def reason(settings: Settings, topic: str | None = "news") -> str | None:
    """Give why a mail is refused."""
    found = refusal(judge(Permission(consents=(NEWS,), settings=settings), asked(topic)))
    return found.reason if found else None


def test_a_pause_refuses_marketing_until_it_ends() -> None:
    """What people need comes all the same, and the end of the pause is the moment it names."""
    assert "paused_by_recipient" == reason(Settings(paused_until=NOON + HOUR))
    assert reason(Settings(paused_until=NOON + HOUR), topic=None) is None
    assert reason(Settings(paused_until=NOON)) is None
    assert reason(UNSET) is None


def test_a_pause_is_in_the_decision_and_its_absence_is_not() -> None:
    """A row holds no rule that says nothing."""
    until = NOON + HOUR
    rules = judge(
        Permission(consents=(NEWS,), settings=Settings(paused_until=until)), asked("news")
    )

    assert {"paused_until": until.isoformat()} == rules[-1].inputs
    assert ["suppression", "consent"] == [
        one.rule for one in judge(Permission(consents=(NEWS,)), asked("news"))
    ]


@pytest.mark.parametrize("name", FREQUENCIES)
def test_an_offered_frequency_is_known_again(name: str) -> None:
    """The page shows what was chosen."""
    assert name == frequency(Settings(cap=FREQUENCIES[name]))  # type: ignore[index]


def test_another_cap_is_no_offered_frequency() -> None:
    """What somebody set elsewhere is not called something else."""
    assert frequency(Settings(cap=Cap(most=3, within=DAY))) is None


def test_of_two_who_became_one_the_strictest_settings_hold() -> None:
    """The later end of a pause, and the cap that lets less through."""
    own = Settings(paused_until=NOON + DAY, cap=Cap(most=1, within=DAY), at=NOON - DAY)
    theirs = Settings(paused_until=NOON + HOUR, cap=Cap(most=5, within=7 * DAY), at=NOON - HOUR)

    both = strictest_settings(own, theirs, since=NOON)

    assert (NOON + DAY, Cap(most=5, within=7 * DAY)) == (both.paused_until, both.cap)
    assert own == strictest_settings(own, UNSET, since=NOON)
    assert own == strictest_settings(UNSET, own, since=NOON)


def test_what_was_said_since_two_became_one_holds_for_both() -> None:
    """Whoever ends their pause has ended it, under whichever name it began."""
    paused = Settings(paused_until=NOON + 30 * DAY, at=NOON - DAY)
    ended = Settings(at=NOON + HOUR)

    assert ended == strictest_settings(paused, ended, since=NOON)
    assert ended == strictest_settings(ended, paused, since=NOON)


def test_an_opt_out_refuses_the_topics_that_share_data() -> None:
    """All others stay what they are, and without a policy no topic shares anything."""
    out, silent = Permission(consents=(OPTED_OUT, NEWS)), Permission(consents=(NEWS,))

    refused = sharing_rule(POLICY, out, asked("partners"))
    passed = sharing_rule(POLICY, silent, asked("partners"))

    assert refused is not None
    assert passed is not None
    assert ("refuse", "opted_out_of_sharing") == (refused.verdict, refused.reason)
    assert "gpc" == refused.inputs["basis"]
    assert "pass" == passed.verdict
    assert sharing_rule(POLICY, out, asked("news")) is None
    assert sharing_rule(POLICY, out, asked(None)) is None
    assert sharing_rule(None, out, asked("partners")) is None


def test_settings_are_read_with_the_look_and_joined_where_profiles_are() -> None:
    """One call reads words, suppressions and settings alike."""
    table = MemoryTable()
    store = DynamoPermissions(table, RootSealer(b"r" * 64, SeededRandom("choices")))
    chosen = Settings(paused_until=NOON + DAY, cap=FREQUENCIES["week"], at=NOON)
    kept = store.record_consent("main", "p1", NEWS)

    store.choose("main", "p1", chosen)

    assert chosen == store.look("main", "p1").settings
    assert (kept,) == store.look("main", "p1").consents
    assert UNSET == store.look("main", "p2").settings


def test_a_pause_outlives_the_undoing_of_a_merge_for_both() -> None:
    """Nobody can tell which of the two asked for it; what stood before is each one's own again."""
    made = town("p1", "p2")
    weekly = Settings(cap=FREQUENCIES["week"], at=made.clock.now() - DAY)
    made.permissions.choose("main", "p2", weekly)
    made.merge("p1", "p2")
    assert weekly == made.permissions.look("main", "p1").settings
    made.clock.advance(HOUR)
    paused = Settings(paused_until=NOON + 30 * DAY, at=made.clock.now())
    made.permissions.choose("main", "p1", paused)
    made.clock.advance(HOUR)

    made.unmerge("p1")

    assert [paused] * 2 == [made.permissions.look("main", one).settings for one in ("p1", "p2")]


def test_settings_from_before_a_merge_are_each_ones_own_again() -> None:
    """Undoing brings back what was."""
    made = town("p1", "p2")
    weekly = Settings(cap=FREQUENCIES["week"], at=made.clock.now() - DAY)
    made.permissions.choose("main", "p2", weekly)
    made.merge("p1", "p2")
    made.clock.advance(HOUR)

    made.unmerge("p1")

    found = [made.permissions.look("main", one).settings for one in ("p1", "p2")]
    assert [UNSET, weekly] == found
