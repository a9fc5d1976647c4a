"""An import of people who must be left alone, in other spellings, makes nobody sendable again."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from signet.adapters.dynamodb import keys
from signet.adapters.dynamodb.caps import DynamoCaps
from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.evidence import DynamoEvidence
from signet.adapters.dynamodb.gates import DynamoGates
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.memory.queue import MemoryQueue
from signet.adapters.memory.table import MemoryTable
from signet.adapters.memory.world import MemoryEpoch, MemoryFacts
from signet.domain.address import normal
from signet.domain.consent import Consent
from signet.domain.message import Message, Rule
from signet.domain.permission import refusal
from signet.domain.profile import Profile
from signet.domain.provider_event import ProviderEvent
from signet.usecases.consent import Desk, unsubscribe
from signet.usecases.handles import handles_of
from signet.usecases.kinship import Office
from signet.usecases.look import Considered, Lookout, look
from signet.usecases.merging import Wish, merge
from signet.usecases.settle import Court, settle
from tests.unit.importing.hall import Hall, counts

PEOPLE, UNSUBSCRIBED, GONE, BOUNCED = 10_000, 500, 200, 300
SUPPRESSED = UNSUBSCRIBED + GONE + BOUNCED
NEWS = "news"
# How the later file writes an address: in capitals, with a tag, with another one in capitals.
SPELLINGS: tuple[Callable[[str, str], str], ...] = (
    lambda name, domain: f"{name}@{domain}".upper(),
    lambda name, domain: f"{name}+shop@{domain}",
    lambda name, domain: f"{name}+Spring.2026@{domain}".upper(),
)


def domain(number: int) -> str:
    """Give a provider that says what its tags mean, or one that does not."""
    return "gmail.com" if number % 4 == 0 else f"firm{number % 7}.example"


def first_spelling(number: int) -> str:
    """Give an address as it was first heard of; some had a tag already."""
    tag = "+2019" if number % 5 == 0 else ""
    return f"person{number}{tag}@{domain(number)}"


def later_spelling(number: int) -> str:
    """Give the same person's address as the later file has it."""
    return SPELLINGS[number % 3](f"person{number}", domain(number))


def table(numbers: Iterator[int] | range, spell: Callable[[int], str]) -> bytes:
    """Write people as a file, which says that they want everything."""
    head = "email,first_name,opt_in,consent,subscribed\n"
    rows = (f"{spell(number)},P{number},yes,granted,true\n" for number in numbers)
    return (head + "".join(rows)).encode()


@dataclass
class Office2026:
    """The company that imported its people twice."""

    hall: Hall

    def __post_init__(self) -> None:
        """Put together what unsubscribing, bounces, merges and looks need."""
        hall = self.hall
        self.ledger = DynamoLedger(hall.events_table)
        self.catalog_table = MemoryTable()
        gates = DynamoGates(hall.events_table, self.catalog_table, MemoryEpoch())
        self.lookout = Lookout(hall.permissions, gates, DynamoCaps(hall.people_table))
        self.court = Court(
            self.ledger,
            hall.permissions,
            hall.catalog,
            MemoryFacts(),
            DynamoEvidence(hall.events_table),
            DynamoCaps(hall.people_table),
        )
        self.office = Office(
            DynamoMerges(hall.people_table, hall.sealer),
            DynamoDuplicates(hall.people_table),
            hall.permissions,
            hall.clock,
            lambda _work: None,
        )
        self.numbers = itertools.count(1)

    def message(self, person: Profile, address: str, topic: str | None) -> Message:
        """Write a message to somebody, as planning does."""
        handles = handles_of(address, person, workspace="main", sealer=self.hall.sealer)
        return Message(
            workspace="main",
            id=f"m{next(self.numbers)}",
            status="sent",
            topic=topic,
            template="t",
            profile_id=person.id,
            recipient=handles.recipient,
            mailbox=handles.mailbox,
            planned_at=self.hall.clock.now(),
        )

    def unsubscribe(self, person: Profile, address: str) -> None:
        """Let somebody follow the link of a mail."""
        message = self.message(person, address, NEWS)
        self.ledger.plan(message)
        desk = Desk(
            profiles=self.hall.profiles,
            permissions=self.hall.permissions,
            catalog=self.hall.catalog,
            sealer=self.hall.sealer,
            queue=MemoryQueue(self.hall.clock),
            clock=self.hall.clock,
        )
        unsubscribe(message.id, workspace="main", ledger=self.ledger, desk=desk)

    def bounce(self, person: Profile, address: str) -> None:
        """Let a mail to somebody come back for ever."""
        message = self.message(person, address, NEWS)
        self.ledger.plan(message)
        told = ProviderEvent(
            workspace="main",
            message_id=message.id,
            epoch=0,
            status="bounced",
            failure="permanent",
            suppress="bounce",
            at=self.hall.clock.now(),
        )
        assert settle(told, court=self.court)

    def forget(self, person: Profile) -> None:
        """Delete all that is known of somebody, and keep the suppression."""
        handle = self.hall.sealer.handle
        gone = {keys.profile("main", person.id)} | {
            keys.alias("main", handle("main", kind, value.lower()))
            for kind, values in person.identifiers.items()
            for value in values
        }
        for place in [place for place in self.hall.people_table.rows if place[0] in gone]:
            self.hall.people_table.delete(place)

    def consent(self, person: Profile) -> None:
        """Let somebody's consent stand in their row, wherever it may have come from."""
        word = Consent(channel="email", topic=NEWS, status="granted", at=self.hall.clock.now())
        self.hall.permissions.record_consent("main", person.id, word)

    def granted(self) -> int:
        """Count the consents that stand."""
        rows = self.hall.people_table.rows.values()
        words = [v for row in rows for name, v in row.items() if name.startswith("c:")]
        return sum(word["status"] == "granted" for word in words)

    def looked(self, people: list[Profile], topic: str | None) -> dict[str, Rule | None]:
        """Give, for each address of these people, what refuses a mail to it now."""
        found: dict[str, Rule | None] = {}
        to = [(one, address) for one in people for address in one.identifiers["email"]]
        for start in range(0, len(to), 100):
            lot = to[start : start + 100]
            rules = look(
                [self._considered(*one, topic) for one in lot],
                self.lookout,
                at=self.hall.clock.now(),
            )
            found |= {
                address: refusal(asked) for (_, address), asked in zip(lot, rules, strict=True)
            }
        return found

    def _considered(self, person: Profile, address: str, topic: str | None) -> Considered:
        handles = handles_of(address, person, workspace="main", sealer=self.hall.sealer)
        message = self.message(person, address, topic)
        return Considered(message, handles)


def everybody(hall: Hall) -> list[Profile]:
    """Give all people, page by page."""
    people: list[Profile] = []
    position: str | None = None
    while position is not None or not people:
        page = hall.profiles.page("main", limit=2000, position=position)
        people += (person for person in page.items if isinstance(person, Profile))
        position = page.next_position
        if position is None:
            break
    return people


def known(hall: Hall) -> dict[int, Profile]:
    """Give everybody by the number in their address."""
    people: dict[int, Profile] = {}
    for person in everybody(hall):
        (address,) = person.identifiers["email"]
        name = address.lower().partition("@")[0].partition("+")[0]
        people[int(name.removeprefix("person"))] = person
    return people


@pytest.fixture(scope="module")
def company() -> Office2026:
    """Have a company whose people went, each in their way, before it imports them all again."""
    hall = Hall()
    hall.source(name="crm")
    made = Office2026(hall)
    hall.send(table(range(SUPPRESSED), first_spelling))
    for number, person in known(hall).items():
        made.consent(person)
        hall.clock.advance(timedelta(seconds=1))
        if number < UNSUBSCRIBED + GONE:
            made.unsubscribe(person, first_spelling(number))
        else:
            made.bounce(person, first_spelling(number))
        if UNSUBSCRIBED <= number < UNSUBSCRIBED + GONE:
            made.forget(person)
    return made


def test_an_import_of_ten_thousand_makes_no_suppressed_address_sendable(
    company: Office2026, show: Any
) -> None:
    """Not one of the thousand, in whichever spelling; the other nine thousand are."""
    hall, among = company.hall, [1, UNSUBSCRIBED + GONE + 1]
    file = hall.send(table(range(PEOPLE), later_spelling))
    hall.clock.advance(timedelta(days=1))
    one, other = (hall.person("email", normal(later_spelling(number))) for number in among)
    granted = company.granted()
    merge(Wish("main", one.id, other.id, by="somebody"), company.office)
    people = everybody(hall)
    for person in people:
        company.consent(person)
    marketing = company.looked(people, NEWS)
    refused = {address for address, rule in marketing.items() if rule is not None}
    service = company.looked([p for p in people if refused & set(p.identifiers["email"])], None)

    assert (PEOPLE, PEOPLE, 0, 0) == counts(file)
    assert BOUNCED == granted, "an import grants nothing"
    suppressed = {spell(n) for n in range(SUPPRESSED) for spell in (first_spelling, later_spelling)}
    suppressed -= {first_spelling(n) for n in range(UNSUBSCRIBED, UNSUBSCRIBED + GONE)}
    sendable = {later_spelling(number) for number in range(SUPPRESSED, PEOPLE)}
    assert sendable == {address for address, rule in marketing.items() if rule is None}
    assert suppressed == {a for a, rule in marketing.items() if rule and rule.rule == "suppression"}
    bounced = {a for n in range(UNSUBSCRIBED + GONE, SUPPRESSED)
               for a in (first_spelling(n), later_spelling(n))}  # fmt: skip
    assert bounced == {address for address, rule in service.items() if rule is not None}
    assert {later_spelling(n) for n in among} <= {*hall.profiles.get_many("main", [one.id])[one.id]
                                                  .identifiers["email"]}  # fmt: skip
    show(f"{len(people)} profiles, {len(suppressed)} suppressed spellings, 0 of them sendable")


def test_without_a_suppression_the_same_import_is_sendable() -> None:
    """So the thousand are refused for what they said, and not for how the file writes them."""
    hall = Hall()
    hall.source(name="crm")
    made = Office2026(hall)
    hall.send(table(range(60), later_spelling))
    people = everybody(hall)
    for person in people:
        made.consent(person)

    assert {None} == {*made.looked(people, NEWS).values()}
