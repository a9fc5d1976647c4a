"""The preference centre: looking changes nothing, sending changes what was sent, at once."""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest

from functions.ingest.wording.words import LANGUAGES, words_of
from signet.domain.cap import Cap
from signet.domain.choices import FREQUENCIES, UNSET, Settings
from signet.domain.policy import PolicyDraft, Topic
from tests.functions.choosing_world import BROWSER, FORM, Choosing
from tests.functions.ingest_world import NOW

SHOWN = ["email:news", "sms:news", "email:offers"]


class Form(HTMLParser):
    """What a browser would send if its user just pressed the first button."""

    def __init__(self, html: str) -> None:
        """Read a page."""
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    def fields(self) -> dict[str, list[str]]:
        """Give the fields as they stand."""
        found: dict[str, list[str]] = {}
        for tag, attrs in self.tags:
            ticked = attrs.get("type") == "hidden" or "checked" in attrs
            if tag == "input" and ticked:
                found.setdefault(str(attrs["name"]), []).append(str(attrs["value"]))
        first = next(attrs for tag, attrs in self.tags if tag == "button")
        return found | {str(first["name"]): [str(first["value"])]}


@pytest.fixture
def choosing() -> Choosing:
    """Give a person who has news by e-mail."""
    world = Choosing()
    world.consent("news")
    world.calls()
    return world


def test_looking_changes_nothing(choosing: Choosing) -> None:
    """GET and HEAD show what holds; no row is another afterwards and no work is sent."""
    before = dict(choosing.people.rows)

    shown = choosing.call("GET", choosing.path(), **BROWSER)
    head = choosing.call("HEAD", choosing.path(), **BROWSER)

    assert [200, 200, ""] == [shown.status, head.status, head.body]
    assert head.headers == shown.headers
    assert (before, []) == (choosing.people.rows, choosing.work.items)
    fields = Form(shown.body).fields()
    assert {"shown": SHOWN, "on": ["email:news"], "frequency": ["any"], "do": ["save"]} == fields


def test_sending_the_page_back_as_it_is_writes_nothing(choosing: Choosing) -> None:
    """Only boxes that changed are words of the person."""
    before = dict(choosing.people.rows)
    fields = Form(choosing.call("GET", choosing.path()).body).fields()

    answer = choosing.send(fields)

    assert 200 == answer.status
    assert (before, []) == (choosing.people.rows, choosing.work.items)


def test_changed_boxes_hold_before_the_answer_leaves(choosing: Choosing) -> None:
    """Each is recorded with where it came from and the version of the wording."""
    answer = choosing.send({"do": "save", "shown": SHOWN, "on": ["sms:news", "email:offers"]})

    wanted = {("email", "news"): "withdrawn", ("sms", "news"): "granted"}
    assert wanted | {("email", "offers"): "granted"} == choosing.words()
    assert ["sms:news", "email:offers"] == Form(answer.body).fields()["on"]
    assert 'role="status"' in answer.body
    (news,) = [one for one in choosing.allowed.consents if one.channel == "sms"]
    assert ("preferences:m1", "7", "consent", NOW) == (
        news.source, news.wording_version, news.basis, news.at,
    )  # fmt: skip
    told = [event.properties["topic"] for event in choosing.work.events]
    assert ["news", "news", "offers"] == told


def test_what_was_not_shown_stays(choosing: Choosing) -> None:
    """A topic that came up meanwhile is not withdrawn by a page that did not have it."""
    choosing.consent("offers")

    choosing.send({"do": "save", "shown": ["email:news"], "on": ["email:news"]})

    assert {"granted"} == set(choosing.words().values())


def test_a_pause_is_made_shown_and_ended(choosing: Choosing) -> None:
    """One button pauses everything for a month, another goes on at once."""
    paused = choosing.send({"do": "pause", "shown": SHOWN, "on": ["email:news"]})
    until = choosing.allowed.settings.paused_until
    assert NOW + timedelta(days=30) == until
    assert "31 March 2026" in paused.body
    assert 'value="resume"' in paused.body
    assert 'value="pause"' not in paused.body

    ended = choosing.send({"do": "resume"})

    assert choosing.allowed.settings.paused_until is None
    assert 'value="pause"' in ended.body
    assert {("email", "news"): "granted"} == choosing.words()


@pytest.mark.parametrize("name", FREQUENCIES)
def test_how_often_is_kept_and_shown(choosing: Choosing, name: str) -> None:
    """It is the person's own cap, which every look reads."""
    choosing.permissions.choose("main", "p1", Settings(cap=FREQUENCIES["week"], at=NOW))

    answer = choosing.send({"do": "save", "frequency": name})

    assert FREQUENCIES[name] == choosing.allowed.settings.cap  # type: ignore[index]
    assert [name] == Form(answer.body).fields()["frequency"]


def test_unsubscribing_from_everything_withdraws_all_that_stands(choosing: Choosing) -> None:
    """Also what no policy lists, whatever is ticked."""
    choosing.consent("old-club", channel="sms")

    choosing.send({"do": "none", "shown": SHOWN, "on": SHOWN})

    assert {("email", "news"): "withdrawn", ("sms", "old-club"): "withdrawn"} == choosing.words()
    assert UNSET == choosing.allowed.settings


def test_a_topic_without_a_policy_goes_by_its_own_name() -> None:
    """The message's own topic can be left, whether anybody described it or not."""
    world = Choosing(topic="gossip")
    world.consent("gossip")

    page = world.call("GET", world.path()).body
    world.send({"do": "save", "shown": ["email:gossip"]})

    assert "<legend>gossip</legend>" in page
    assert {("email", "gossip"): "withdrawn"} == world.words()


def test_names_are_escaped_and_of_the_readers_language(choosing: Choosing) -> None:
    """What an operator writes is text; where a language is missing, the other one is named."""
    english = choosing.call("GET", choosing.path(), accept_language="en-GB,de;q=0.5").body
    german = choosing.call("GET", choosing.path(), accept_language="de-CH").body

    assert "<legend>News &lt;&amp;&gt; more</legend>" in english
    assert '<span lang="fr">Offres</span>' in english
    assert "<legend>Neuigkeiten</legend>" in german
    assert '<span lang="en">What is new</span>' in german


@pytest.mark.parametrize("kind", ["preferences", "unsubscribe"])
@pytest.mark.parametrize(
    ("traits", "accepted", "wanted"),
    [
        ({"locale": "fr_CA"}, "de", "fr"),
        ({"language": "nl"}, "", "nl"),
        ({"language": "ja"}, "it;q=0.3, es;q=0.8", "es"),
        ({}, "xx, it-CH;q=0.9, *;q=0.1", "it"),
        ({}, "de;q=0, ;;q=x,,", "en"),
        ({}, "", "en"),
    ],
)
def test_pages_are_in_the_language_of_the_recipient(
    kind: str, traits: dict[str, str], accepted: str, wanted: str
) -> None:
    """By the profile, else by the browser, else English; the page says which."""
    world = Choosing()
    world.know(**traits)
    path = world.path("preferences" if kind == "preferences" else "unsubscribe")

    page = world.call("GET", path, accept_language=accepted, **BROWSER).body

    assert f'<html lang="{wanted}">' in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    """No word is missing, and a date is written as it is there."""
    words = words_of({"language": language}, "")
    plain = [getattr(words, name) for name in words.__slots__ if name not in {"day", "paused"}]

    assert language == words.language
    assert all(plain)
    assert 12 == len(set(words.months.split()))
    assert set(FREQUENCIES) == set(words.frequencies)
    assert set(words_of(None, "").channels) == set(words.channels)
    assert re.search(r"\b1\b.* 2026", words.paused.format(date=words.date(NOW)))


def test_the_page_works_without_script_and_by_keyboard(choosing: Choosing) -> None:
    """Every field has its label, every group its legend; nothing runs, and focus is seen."""
    page = choosing.call("GET", choosing.path(), **BROWSER)
    tags = [tag for tag, _ in Form(page.body).tags]
    visible = [a for tag, a in Form(page.body).tags if tag == "input" and a["type"] != "hidden"]

    assert len(visible) == tags.count("label") == len(re.findall(r"<label><input", page.body))
    assert tags.count("fieldset") == tags.count("legend") == len(("news", "offers", "how often"))
    assert not {"script", "iframe", "img", "link"} & set(tags)
    assert not re.search(r"tabindex|\son[a-z]+=|accesskey", page.body)
    assert ":focus-visible" in page.body
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, {"do"}),
        ({"do": "burn"}, {"do"}),
        ({"do": ["save", "none"]}, {"do"}),
        ({"do": "save", "frequency": "hourly"}, {"frequency"}),
        ({"do": "save", "shown": ["email:<b>"]}, {"shown"}),
        ({"do": "save", "on": ["email:news"]}, {"on"}),
        (
            {"do": "x", "frequency": "y", "shown": "z", "on": "w"},
            {"do", "frequency", "shown", "on"},
        ),
    ],
)
def test_bad_fields_are_named_and_change_nothing(
    choosing: Choosing, fields: dict[str, object], named: set[str]
) -> None:
    """A person reads a page, a program a problem; both are told which fields."""
    before = dict(choosing.people.rows)

    page = choosing.send(fields)
    problem = choosing.send(fields, accept="application/json")

    assert [400, 400] == [page.status, problem.status]
    assert named == set(re.findall(r"<li><strong>([^<]+)</strong>", page.body))
    assert f'href="{choosing.path()}"' in page.body
    assert named == {fault["field"] for fault in problem.json["errors"]}
    assert (before, []) == (choosing.people.rows, choosing.work.items)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        (FORM, b"\xff=%ff"),
        (FORM, b"a=1&" * 300),
        (FORM, b"a" * 70_000),
    ],
)
def test_what_is_no_form_is_refused(choosing: Choosing, content_type: str, body: bytes) -> None:
    """Never a 5xx, whatever is posted."""
    answer = choosing.call("POST", choosing.path(), body, content_type=content_type, **BROWSER)

    assert answer.status in {400, 413}
    assert {("email", "news"): "granted"} == choosing.words()


def test_a_forged_link_is_none(choosing: Choosing) -> None:
    """Altered, of another kind, or of a message that is gone: 404 for every method."""
    good = choosing.path()
    other = "/p/" + choosing.path("unsubscribe").removeprefix("/u/")
    gone = "/p/" + choosing.links.token("preferences", workspace="main", message_id="m9")
    forged = [good[:-2] + "AA", good[:-1], other, gone, "/p/x"]

    for method in ("GET", "HEAD", "POST"):
        assert {404} == {choosing.call(method, path, b"do=none").status for path in forged}
    assert {("email", "news"): "granted"} == choosing.words()


def test_a_link_works_years_later(choosing: Choosing) -> None:
    """A mail that is found again can still be answered."""
    choosing.clock.at = NOW + timedelta(days=4000)

    assert 200 == choosing.call("GET", choosing.path()).status
    choosing.send({"do": "none"})

    assert {("email", "news"): "withdrawn"} == choosing.words()


def test_a_browser_that_forbids_sharing_is_heard_once(choosing: Choosing) -> None:
    """Global Privacy Control with a form is an opt-out; with a look it is nothing."""
    choosing.call("GET", choosing.path(), sec_gpc="1", **BROWSER)
    assert ("any", "sale_and_sharing") not in choosing.words()

    answers = [choosing.send({"do": "save"}, sec_gpc="1") for _ in range(2)]

    assert "withdrawn" == choosing.words()[("any", "sale_and_sharing")]
    (said,) = [one for one in choosing.allowed.consents if one.channel == "any"]
    assert ("gpc", "preferences:m1") == (said.basis, said.source)
    assert 1 == len(choosing.work.events)
    assert all("neither sold nor shared" in answer.body for answer in answers)
    assert all("any:sale_and_sharing" not in answer.body for answer in answers)


def test_an_address_of_nobody_known_can_only_leave(choosing: Choosing) -> None:
    """Without a person there is nothing to choose, and the address is suppressed."""
    world = Choosing(profile_id=None)
    page = world.call("GET", world.path()).body
    assert "checkbox" not in page
    assert {"do": ["none"]} == Form(page).fields()

    world.send({"do": "none"})

    found = [(one.reason, one.scope) for one in world.allowed.suppressions]
    assert [("unsubscribed", "address"), ("unsubscribed", "topic")] == sorted(found)
    assert 200 == world.send({"do": "pause"}).status


def test_who_gets_a_hundred_kinds_of_mail_can_leave_them_all() -> None:
    """However long the form is, it is read, and all of it at once."""
    world = Choosing()
    topics = tuple(Topic(topic=f"t{n}", channels=("email", "sms")) for n in range(50))
    world.decide(PolicyDraft(topics=topics))
    places = [f"{channel}:t{n}" for n in range(50) for channel in ("email", "sms")]
    saved = world.send({"do": "save", "shown": places, "on": places})
    granted = [word for word in world.words().values() if word == "granted"]
    left = world.send({"do": "none", "shown": places, "on": places})

    assert (200, 200) == (saved.status, left.status)
    assert len(places) <= len(granted)
    assert {"withdrawn"} == set(world.words().values())


def test_leaving_everything_outlives_the_person(choosing: Choosing) -> None:
    """The topic of the mail is suppressed for its address, as by the one click."""
    choosing.send({"do": "none", "shown": SHOWN, "on": SHOWN})
    found = [(one.scope, one.topic) for one in choosing.allowed.suppressions]

    assert [("topic", "news")] == found


def test_two_choices_of_one_moment_are_both_kept(choosing: Choosing) -> None:
    """A pause is not undone by a form that was read before it, nor lost because it was."""
    old = choosing.allowed.settings
    choosing.send({"do": "pause", "shown": SHOWN, "on": SHOWN})
    weekly = Settings(cap=Cap(most=1, within=timedelta(days=7)), at=NOW + timedelta(seconds=9))
    stale = choosing.permissions.choose("main", "p1", weekly, over=old)
    paused = choosing.allowed.settings
    fresh = choosing.permissions.choose("main", "p1", weekly, over=paused)

    assert (False, True) == (stale, fresh)
    assert paused.paused_until is not None
    assert weekly == choosing.allowed.settings
