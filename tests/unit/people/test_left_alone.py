"""An address is left alone in all its spellings, as far as it was asked for, until it is lifted."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.adapters.memory.catalog import MemoryCatalog
from signet.adapters.memory.queue import MemoryQueue
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryAccountList, SeededRandom
from signet.adapters.sealer import RootSealer
from signet.domain.address import normal, untagged
from signet.domain.message import Message
from signet.domain.permission import Question, judge
from signet.domain.profile import Profile
from signet.domain.request import ConsentRequest, ReleaseRequest, SuppressionRequest
from signet.domain.suppression import Suppression, Which
from signet.domain.work import MirrorSuppression
from signet.errors import Missing
from signet.usecases import mirroring
from signet.usecases.consent import Desk, record, unsubscribe
from signet.usecases.handles import MOST_OTHERS, handles_of
from signet.usecases.suppressing import release, suppress
from tests.fixed_clock import FixedClock

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class House:
    """Suppressions over one table, and whoever asks for them."""

    table: MemoryTable = field(default_factory=MemoryTable)
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))

    def __post_init__(self) -> None:
        """Put the ports together."""
        self.sealer = RootSealer(b"r" * 64, SeededRandom("house"))
        self.permissions = DynamoPermissions(self.table, self.sealer)
        self.profiles = DynamoProfiles(self.table, self.sealer)
        self.ledger = DynamoLedger(self.table)
        self.queue = MemoryQueue(self.clock)

    def suppress(self, address: str, **more: Any) -> None:
        """Ask for an address to be left alone."""
        request = SuppressionRequest(address=address, **more)
        suppress(
            request,
            workspace="main",
            sealer=self.sealer,
            suppressions=self.permissions,
            clock=self.clock,
        )

    @property
    def desk(self) -> Desk:
        """What recording a word needs."""
        catalog = MemoryCatalog(MemoryTable())
        return Desk(self.profiles, self.permissions, catalog, self.sealer, self.queue, self.clock)

    def release(self, address: str, **more: Any) -> None:
        """Ask for it to be used again."""
        request = ReleaseRequest(address=address, **more)
        release(request, workspace="main", sealer=self.sealer, suppressions=self.permissions)

    def refuses(self, address: str, *others: str, topic: str | None = None) -> bool:
        """Tell whether a mail to an address of somebody with others is refused by suppression."""
        person = self.person("p", address, *others)
        handles = handles_of(address, person, workspace="main", sealer=self.sealer)
        permission = self.permissions.look("main", "", *handles.known)
        asked = Question(channel="email", topic=topic, at=NOW, own=handles.own)
        return judge(permission, asked)[0].verdict == "refuse"

    def person(self, ident: str, *addresses: str) -> Profile:
        """Make somebody with addresses and phones."""
        phones = tuple(a for a in addresses if a.startswith("+"))
        mails = tuple(a for a in addresses if not a.startswith("+"))
        known = {"email": mails, "phone": phones}
        return Profile(
            workspace="main", id=ident, identifiers=known, created_at=NOW, updated_at=NOW
        )

    def clicks(self, address: str, *, topic: str | None, profile_id: str | None) -> None:
        """Let somebody follow the link of a mail to an address."""
        self.clock.advance(timedelta(minutes=1))
        handles = handles_of(address, None, workspace="main", sealer=self.sealer)
        message = Message(
            workspace="main", id=f"m{self.clock.now():%H%M}", topic=topic, template="t",
            profile_id=profile_id, recipient=handles.recipient, mailbox=handles.mailbox,
            planned_at=NOW,
        )  # fmt: skip
        self.ledger.plan(message)
        unsubscribe(message.id, workspace="main", ledger=self.ledger, desk=self.desk)

    def says(self, status: Any, topic: str = "news") -> None:
        """Let Ada speak for herself."""
        self.clock.advance(timedelta(minutes=1))
        request = ConsentRequest(topic=topic, status=status)
        record(request, workspace="main", profile_id="ada", actor="k", desk=self.desk)


@pytest.fixture
def house() -> House:
    """Give a house that knows Ada by two addresses."""
    made = House()
    ada = made.person("ada", "ada@example.org", "ada.l@work.example")
    made.profiles.save(ada, expected_version=0)
    return made


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("Ada+News@Example.ORG", "ada@example.org"),
        ("ada+a+b@example.org", "ada@example.org"),
        ("a.d.a+x@googlemail.com", "ada@gmail.com"),
        ("a.d.a+x@example.org", "a.d.a@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("+news@example.org", "+news@example.org"),
        ("ada", "ada"),
        ("a+da", "a+da"),
    ],
)
def test_a_form_without_a_tag_is_one_for_all_spellings(written: str, form: str) -> None:
    """It is the normal form at any provider that was left to it, and the form of itself."""
    assert form == untagged(written) == untagged(normal(written)) == untagged(untagged(written))


@pytest.mark.parametrize("suppressed", ["ada@example.org", "ADA+news@example.org"])
@pytest.mark.parametrize("mailed", ["Ada@EXAMPLE.org", "ada+shop@example.org"])
def test_any_spelling_suppresses_every_spelling(house: House, suppressed: str, mailed: str) -> None:
    """Whoever asked for one of them is left alone at all of them, and nobody else is."""
    house.suppress(suppressed)

    assert house.refuses(mailed)
    assert not house.refuses("ada.l@example.org")


@pytest.mark.parametrize("lifted", ["ada@example.org", "ada+news@example.org"])
def test_any_spelling_lifts_it(house: House, lifted: str) -> None:
    """What was suppressed under one spelling is lifted under another, and then there is none."""
    house.suppress("ada+NEWS@example.org")
    house.release(lifted)

    assert not house.refuses("ada+news@example.org")
    with pytest.raises(Missing):
        house.release(lifted)


def test_a_row_of_one_tag_from_before_still_stands_and_is_lifted(house: House) -> None:
    """Older rows are under the normal form and named by their reason alone."""
    handle = house.sealer.handle("main", "email", "ada+old@example.org")
    house.permissions.suppress("main", Suppression(handle=handle, at=NOW))
    (row,) = [row for row in house.table.rows.values() if row["sk"] == "suppression"]
    row["r:manual"] = row.pop("s:email:address::manual")

    assert house.refuses("ada+old@example.org")
    house.release("Ada+OLD@example.org")
    assert not house.refuses("ada+old@example.org")


@pytest.mark.parametrize(
    ("scope", "own", "elsewhere"),
    [
        ({"scope": "address"}, [True, True], False),
        ({"scope": "topic", "topic": "news"}, [True, False], False),
        ({"scope": "channel"}, [True, True], True),
        ({"scope": "global"}, [True, True], True),
    ],
    ids=lambda value: value["scope"] if isinstance(value, dict) else "",
)
def test_a_scope_says_how_far_it_reaches(
    house: House, scope: dict[str, str], own: list[bool], elsewhere: bool
) -> None:
    """Address and topic hold for the address; channel and global for whoever has it."""
    house.suppress("ada@example.org", **scope)

    assert own == [house.refuses("ada+x@example.org", topic=topic) for topic in ("news", None)]
    assert elsewhere == house.refuses("ada.l@work.example", "ada@example.org", topic="news")
    assert not house.refuses("bob@example.org", topic="news")


def test_a_phone_stands_against_mail_only_where_it_is_meant_for_everything(house: House) -> None:
    """A number's own scopes are about calls and texts; only the global one is about the person."""
    to = ("ada@example.org", "+442079460000")
    for scope in ("address", "channel"):
        house.suppress("+442079460000", channel="sms", scope=scope)
        house.suppress("+442079460000", channel="voice", scope=scope)
    before = house.refuses(*to)
    house.suppress("+442079460000", channel="sms", scope="global")

    assert (False, True) == (before, house.refuses(*to))
    house.release("+442079460000", channel="sms")
    left = house.permissions.suppressions("main", limit=9, position=None).items
    assert {"voice"} == {one.channel for one in left if isinstance(one, Suppression)}
    assert 2 == len(left)


def test_lifting_may_name_what_it_lifts(house: House) -> None:
    """A reason, a scope or a topic leaves the others; what is not there is said to be missing."""
    for more in ({}, {"reason": "asked"}, {"scope": "channel"}, {"scope": "topic", "topic": "a"},
                 {"scope": "topic", "topic": "b"}):  # fmt: skip
        house.suppress("ada@example.org", **more)

    def left() -> list[tuple[str, str, str | None]]:
        page = house.permissions.suppressions("main", limit=9, position=None)
        found = [one for one in page.items if isinstance(one, Suppression)]
        return sorted((one.reason, one.scope, one.topic) for one in found)

    house.release("ada@example.org", reason="asked")
    house.release("ada@example.org", scope="topic", topic="a")
    house.release("ada@example.org", scope="channel")
    with pytest.raises(Missing):
        house.release("ada@example.org", reason="bounce")

    assert [("manual", "address", None), ("manual", "topic", "b")] == left()


def test_unsubscribing_outlives_the_profile(house: House) -> None:
    """Where the profile and its consents are gone, the topic stays suppressed, and only it."""
    house.clicks("ada+x@example.org", topic="news", profile_id="ada")
    for place in [place for place in house.table.rows if place[1] != "suppression"]:
        house.table.delete(place)

    assert house.refuses("Ada@example.org", topic="news")
    assert not house.refuses("ada@example.org", topic="offers")
    assert not house.refuses("ada@example.org")


def test_unsubscribing_without_a_profile_leaves_the_address_alone(house: House) -> None:
    """Nobody can say which consent was meant, so all is."""
    house.clicks("ada@example.org", topic="news", profile_id=None)

    assert [True, True] == [house.refuses("ada@example.org", topic=t) for t in ("offers", None)]
    page = house.permissions.suppressions("main", limit=9, position=None)
    assert 2 == len(page.items)


@pytest.mark.parametrize(
    ("says", "refused"),
    [(("granted", "news"), False), (("granted", "offers"), True), (("withdrawn", "news"), True)],
)
def test_only_an_own_word_for_the_topic_lifts_it(
    house: House, says: tuple[str, str], refused: bool
) -> None:
    """On each of their addresses; what somebody else asked for stays."""
    house.clicks("ada+x@example.org", topic="news", profile_id="ada")
    house.clicks("ada.l@work.example", topic="news", profile_id="ada")
    house.suppress("ada@example.org", scope="topic", topic="news")
    house.says(*says)

    assert house.refuses("ada@example.org", topic="news")
    house.release("ada@example.org", reason="manual")
    addresses = ("ada@example.org", "ada.l@work.example")
    assert [refused] * 2 == [house.refuses(one, topic="news") for one in addresses]


def test_whoever_unsubscribes_again_is_later_than_their_consent(house: House) -> None:
    """A consent lifts what was before it; a second click makes the first one's row as late."""
    house.clicks("ada@example.org", topic="news", profile_id="ada")
    granted = house.clock.now() + timedelta(seconds=1)
    house.clicks("ada@example.org", topic="news", profile_id="ada")
    handle = house.sealer.handle("main", "email", "ada@example.org")

    assert () == house.permissions.release("main", handle, Which(before=granted))
    assert house.refuses("ada@example.org", topic="news")


def test_what_is_written_while_it_is_lifted_stays(house: House) -> None:
    """Nobody lifts what they have not seen."""
    house.suppress("ada@example.org")
    real = house.table.get

    def get(place: Any) -> Any:
        found = real(place)
        house.table.get = real  # type: ignore[method-assign]
        house.suppress("ada@example.org", reason="complaint")
        return found

    house.table.get = get  # type: ignore[method-assign]
    house.release("ada@example.org")

    assert house.refuses("ada@example.org")


def test_a_person_of_many_addresses_costs_a_bounded_look(house: House) -> None:
    """Whoever has hundreds of addresses is looked at under so many of them."""
    person = house.person("p", *(f"a{n}@example.org" for n in range(300)))
    handles = handles_of("a0@example.org", person, workspace="main", sealer=house.sealer)

    assert MOST_OTHERS == len(handles.also)
    assert handles.recipient not in handles.also


def test_the_providers_list_says_what_the_rows_say(house: House) -> None:
    """Whatever order the work comes in; topics and phones are not its business."""
    account = MemoryAccountList()

    def mirrored(address: str, **more: Any) -> dict[str, bool]:
        request = ReleaseRequest(address=address, **more)
        for work in mirroring.wanted(request, workspace="main", sealer=house.sealer):
            read = MirrorSuppression.model_validate_json(work.model_dump_json())
            assert address not in read.model_dump_json()
            mirroring.mirror(
                read, sealer=house.sealer, suppressions=house.permissions, account=account
            )
        return dict(account.listed)

    house.suppress("Ada+x@example.org", scope="topic", topic="news")
    assert {} == mirrored("Ada+x@example.org")
    house.suppress("Ada+x@example.org", scope="channel")
    assert {"Ada+x@example.org": False} == mirrored("Ada+x@example.org")
    house.suppress("Ada+x@example.org", reason="complaint")
    assert {"Ada+x@example.org": True} == mirrored("Ada+x@example.org")
    house.suppress("+442079460000", channel="sms")
    assert 1 == len(mirrored("+442079460000", channel="sms"))
    house.release("Ada+x@example.org")
    assert {} == mirrored("Ada+x@example.org")
    # The list may name an address for reasons of its own, which a topic does not touch.
    of_topic = SuppressionRequest(address="ada@example.org", scope="topic", topic="news")
    assert [] == mirroring.wanted(of_topic, workspace="main", sealer=house.sealer)
