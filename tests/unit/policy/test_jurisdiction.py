"""What the law of a recipient's country lets through, and when."""

import hashlib
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from signet.cleaning import countries
from signet.domain import law
from signet.domain.consent import Consent
from signet.domain.jurisdiction import hours_rule, legal_hours, legal_rules, sale_opt_out
from signet.domain.message import Rule
from signet.domain.permission import Question
from signet.domain.place import Place
from signet.domain.policy import Hours, PolicyDraft
from signet.errors import Misconfigured

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
ADDRESS = "1 High Street, London"
OLD, NEW = "2025-04", "2026-11"
# A workspace may have pinned it, so what was released stays as it is, to the byte.
RELEASED = {
    "2025-04": "454b9bac8450a523",
    "2026-11": "30ee808a6c28a51f",
}
NIGHT = (Hours.model_validate({"start": "21:00", "end": "08:00"}),)
BERLIN = Place(country="DE", zones=("Europe/Berlin",))


def _asked(
    country: str = "", channel: str = "email", topic: str | None = "news", *, zones: str = ""
) -> Question:
    place = Place(country=country, zones=tuple(zones.split()))
    return Question(channel=channel, topic=topic, at=NOON, place=place)


def _word(basis: str = "consent", *, days: int = 1) -> Consent:
    at = NOON - timedelta(days=days)
    return Consent(channel="email", topic="news", status="granted", basis=basis, at=at)


def _basis(version: str | None, asked: Question, consent: Consent | None) -> Rule:
    return legal_rules(version, asked, consent, postal_address=ADDRESS)[0]


@pytest.mark.parametrize(
    ("country", "channel", "basis", "reason"),
    [
        ("DE", "email", "consent", ""),
        ("NO", "sms", "existing_customer", ""),
        ("GB", "email", "existing_customer", ""),
        ("CH", "email", "existing_customer", ""),
        ("DE", "email", "legitimate_interest", "basis_not_permitted:legitimate_interest"),
        ("GB", "voice", "existing_customer", "basis_not_permitted:existing_customer"),
        ("US", "email", "legitimate_interest", ""),
        ("US", "sms", "existing_customer", "basis_not_permitted:existing_customer"),
        ("PR", "email", "implied", ""),
        ("CA", "email", "implied", ""),
        ("CA", "email", "inferred", "basis_not_permitted:inferred"),
        ("AU", "email", "inferred", ""),
        ("BR", "email", "legitimate_interest", ""),
        ("IN", "email", "existing_customer", "basis_not_permitted:existing_customer"),
        ("", "email", "existing_customer", "basis_not_permitted:existing_customer"),
        ("", "email", "consent", ""),
        ("DE", "pigeon", "existing_customer", "basis_not_permitted:existing_customer"),
    ],
)
def test_basis_counts_where_the_law_of_the_country_has_it(
    country: str, channel: str, basis: str, reason: str
) -> None:
    """Consent counts everywhere, everything else by country and channel."""
    rule = _basis(NEW, _asked(country, channel), _word(basis))

    assert ("basis", reason, "refuse" if reason else "pass") == (
        rule.rule,
        rule.reason,
        rule.verdict,
    )
    assert (NEW, basis, country) == (rule.version, rule.inputs["basis"], rule.inputs["country"])


def test_no_word_and_a_withdrawn_one_are_no_basis() -> None:
    """Where the law would allow to write to anybody, we do not."""
    withdrawn = _word().model_copy(update={"status": "withdrawn"})

    assert ["no_basis"] * 2 == [
        _basis(None, _asked("US"), word).reason for word in (None, withdrawn)
    ]


def test_implied_consent_ends_in_canada_after_two_years() -> None:
    """It counts until the moment, and not at the moment."""
    asked = _asked("CA")
    words = [_word("implied", days=days) for days in (729, 730)]
    last, late = (_basis(NEW, asked, word) for word in words)

    assert ("pass", NOON + timedelta(days=1)) == (last.verdict, last.until)
    assert "basis_expired:implied" == late.reason
    assert "pass" == _basis(NEW, asked, _word(days=4000)).verdict


@pytest.mark.parametrize(
    ("country", "channel", "wanted"),
    [
        ("US", "email", True),
        ("CA", "email", True),
        ("", "email", True),
        ("IN", "email", True),
        ("DE", "email", False),
        ("US", "sms", False),
    ],
)
def test_marketing_mail_needs_a_postal_address_where_the_law_wants_it(
    country: str, channel: str, wanted: bool
) -> None:
    """Spaces are no address."""
    told = [
        legal_rules(None, _asked(country, channel), _word(), postal_address=address)[1]
        for address in (ADDRESS, "", "  ")
    ]
    missing = "no_postal_address" if wanted else ""

    assert ["", missing, missing] == [rule.reason for rule in told]
    assert {"postal_address"} == {rule.rule for rule in told}


def test_service_messages_are_not_asked_about_law_and_hours() -> None:
    """A receipt goes at night, to whomever it concerns."""
    asked = _asked("US", "sms", None)
    policy = PolicyDraft(quiet_hours=NIGHT, send_windows=NIGHT)

    assert () == legal_rules(None, asked, None, postal_address="")
    assert () == legal_hours(None, asked)
    assert ("pass", "service message") == _said(hours_rule(policy, "1", asked))


def test_versions_are_pinned_and_none_is_the_newest() -> None:
    """What was refused under one reading may pass under the next, and the record says which."""
    asked, word = _asked("CA"), _word("existing_customer")
    old, new, newest = (_basis(version, asked, word) for version in (OLD, NEW, None))

    assert ("basis_not_permitted:existing_customer", OLD) == (old.reason, old.version)
    assert ("pass", NEW) == (new.verdict, new.version) == (newest.verdict, newest.version)
    assert (False, True) == (sale_opt_out(OLD, "DE"), sale_opt_out(NEW, "DE"))
    assert all(sale_opt_out(version, country) for version in (OLD, NEW) for country in ("US", ""))


def test_version_that_does_not_exist_is_known_to_be_none() -> None:
    """Whoever pins it is refused; whoever has pinned it sends nothing."""
    assert [True, True, False, False] == [law.known(name) for name in (OLD, NEW, "2027-01", "")]
    with pytest.raises(Misconfigured):
        legal_rules("2027-01", _asked(), _word(), postal_address="")


def test_released_versions_never_change() -> None:
    """A new reading of the law is a new file."""
    files = resources.files(law)
    found = {
        name: hashlib.sha256(files.joinpath(f"{name}.json").read_bytes()).hexdigest()[:16]
        for name in law.versions()
    }

    assert RELEASED == found


def test_data_names_laws_and_countries_that_exist_once() -> None:
    """A country has one law, each file its own name, and what nobody looked at is strictest."""
    for version in law.versions():
        read = law.law(version)
        codes = [code for one in read.jurisdictions for code in one.countries]
        other = law.jurisdiction(version, "")
        hours = {hours for one in read.jurisdictions for hours in one.closed}

        assert version == read.version
        assert len(codes) == len(set(codes)) and set() == set(codes) - set(countries.table())
        assert not other.bases and hours == set(other.closed) and other.sale_opt_out
        assert {"email"} == {c for one in read.jurisdictions for c in one.postal_address}
        assert "email" in other.postal_address


def _said(rule: Rule) -> tuple[str, str]:
    return rule.verdict, rule.reason


def _at(text: str, place: Place = BERLIN, *, channel: str = "email", until: str = "") -> Question:
    late = datetime.fromisoformat(until) if until else None
    at = datetime.fromisoformat(text)
    return Question(channel=channel, topic="news", at=at, place=place, not_after=late)


def test_quiet_hours_refuse_until_they_end_and_pass_until_they_begin() -> None:
    """The record has the zone and what its clock showed."""
    policy = PolicyDraft(quiet_hours=NIGHT)
    night, day = (hours_rule(policy, "7", _at(f"2026-11-30T{hour}:00Z")) for hour in ("05", "09"))

    assert ("refuse", "quiet_hours") == _said(night)
    assert datetime(2026, 11, 30, 7, tzinfo=UTC) == night.until
    assert {"zone": "Europe/Berlin", "local": "2026-11-30T06:00+01:00"} == night.inputs
    assert ("pass", "") == _said(day)
    assert (datetime(2026, 11, 30, 20, tzinfo=UTC), "7") == (day.until, day.version)


def test_send_window_of_another_topic_or_channel_does_not_count() -> None:
    """Hours name what they are for."""
    hours = {"start": "10:00", "end": "12:00"}
    windows = [
        Hours.model_validate(hours | more)
        for more in ({"topic": "offers"}, {"channel": "sms"}, {"topic": "news"})
    ]
    asked = _at("2026-11-30T12:00Z")
    others = hours_rule(PolicyDraft(send_windows=tuple(windows[:2])), "1", asked)
    own = hours_rule(PolicyDraft(send_windows=tuple(windows)), "1", asked)

    assert ("pass", "", None) == (*_said(others), others.until)
    assert ("refuse", "outside_send_window") == _said(own)
    assert datetime(2026, 12, 1, 9, tzinfo=UTC) == own.until


def test_an_opening_that_comes_too_late_never_comes() -> None:
    """A message whose last moment is the opening itself would be late."""
    policy = PolicyDraft(quiet_hours=NIGHT)
    asked = [
        _at("2026-11-30T05:00Z", until=until)
        for until in ("2026-11-30T07:00Z", "2026-11-30T07:00:01Z")
    ]
    late, timely = (hours_rule(policy, "1", one) for one in asked)

    assert (("refuse", "no_window_before_not_after"), None) == (_said(late), late.until)
    assert ("refuse", "quiet_hours") == _said(timely)


def test_hours_that_never_open_say_so() -> None:
    """A policy that shuts every hour is no reason to wait."""
    always = (Hours.model_validate({"start": "00:00", "end": "00:00"}),)
    rule = hours_rule(PolicyDraft(quiet_hours=always), "1", _at("2026-11-30T05:00Z"))

    assert (("refuse", "no_open_hour"), None) == (_said(rule), rule.until)


@pytest.mark.parametrize("zones", [(), ("Mars/Olympus",), ("Europe/Berlin", "Mars/Olympus")])
def test_unknown_zone_is_refused_or_stands_in_as_the_policy_says(zones: tuple[str, ...]) -> None:
    """Nobody guesses: the policy says what counts."""
    asked = _at("2026-11-30T05:00Z", Place(country="DE", zones=zones))
    refusing = PolicyDraft(quiet_hours=NIGHT)
    naming = PolicyDraft(quiet_hours=NIGHT, unknown_zone="Asia/Tokyo")

    assert ("refuse", "zone_unknown") == _said(hours_rule(refusing, "1", asked))
    assert "pass" == hours_rule(naming, "1", asked).verdict
    assert "Asia/Tokyo" == hours_rule(naming, "1", asked).inputs["zone"]


def test_unknown_zone_does_not_matter_without_hours() -> None:
    """Where nothing is closed nobody asks for the time."""
    assert ("pass", "") == _said(hours_rule(PolicyDraft(), "1", _at("2026-11-30T05:00Z", Place())))


def test_several_zones_count_together_and_as_unknown_where_they_share_no_hour() -> None:
    """In all of them, else as for anybody."""
    shared = Place(zones=("America/New_York", "Pacific/Honolulu"))
    apart = Place(zones=("Europe/Berlin", "Pacific/Honolulu", "Asia/Tokyo"))
    policy = PolicyDraft(quiet_hours=NIGHT)
    together = hours_rule(policy, "1", _at("2026-11-30T15:00Z", shared))
    never = hours_rule(policy, "1", _at("2026-11-30T15:00Z", apart))

    assert ("refuse", "quiet_hours") == _said(together)
    assert datetime(2026, 11, 30, 18, tzinfo=UTC) == together.until
    assert ("Pacific/Honolulu", "2") == (together.inputs["zone"], together.inputs["zones"])
    assert ("refuse", "zone_unknown") == _said(never)


def test_texts_to_america_and_to_nowhere_keep_the_hours_of_the_law() -> None:
    """Before eight and from nine on no marketing is texted; mail may go."""
    place = Place(country="US", zones=("America/New_York",))
    texts = [
        hours_rule(PolicyDraft(), "1", _at(f"2026-11-30T{time}Z", place, channel="sms"))
        for time in ("12:59:59", "13:00", "01:59:59", "02:00")
    ]
    nowhere = hours_rule(PolicyDraft(), "1", _at("2026-11-30T13:00Z", Place(), channel="sms"))
    mail = hours_rule(PolicyDraft(), "1", _at("2026-11-30T02:00Z", place))

    assert ["refuse", "pass", "pass", "refuse"] == [rule.verdict for rule in texts]
    assert ("refuse", "zone_unknown") == _said(nowhere)
    assert "pass" == mail.verdict
    assert () == legal_hours(None, _at("2026-11-30T02:00Z", BERLIN, channel="sms"))
