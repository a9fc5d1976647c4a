"""Every row has one verdict, whatever is in it and however often its part is taken in."""

import json
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from signet.domain.events import Event
from signet.errors import Poison
from signet.usecases.importing.mending import mended
from tests.unit.importing.hall import Hall, Killed, Life, counts

HEADER = b"email,first_name,city\n"
BLNS = Path(__file__).resolve().parents[4] / "shared" / "corpora" / "blns" / "blns.json"


@pytest.fixture
def hall() -> Hall:
    """Give a hall with one source."""
    found = Hall()
    found.source()
    return found


BAD: dict[str, tuple[bytes, str, str]] = {
    "too few cells": (b"a@example.org,Ada\n", "row", "has 2 cells, the header has 3"),
    "too many cells": (b"a@example.org,Ada,Paris,x\n", "row", "has 4 cells, the header has 3"),
    "no address": (b"ada at example,Ada,Paris\n", "email", "exactly one"),
    "two addresses": (b'"a@example.org, b@example.org",Ada,Paris\n', "email", "exactly one"),
    "nobody": (b",Ada,Paris\n", "email", "must be there"),
    "NUL": (b"a@example.org,A\x00da,Paris\n", "first_name", "holds a NUL"),
    "no UTF-8": (b"a@example.org,M\xfcller,Paris\n", "first_name", "bytes that are no UTF-8"),
    "a cell of a megabyte": (b"a@example.org,%s,Paris\n" % (b"x" * 1_100_000), "row", "longer"),
    "a long cell": (b"a@example.org,%s,Paris\n" % (b"x" * 20_000), "first_name", "longer"),
    "a quote left open": (b'a@example.org,"Ada,Paris\n', "row", "never closed"),
    "letters behind a quote": (b'a@example.org,"A"da,Paris\n', "row", "badly quoted"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_laid_aside_alone(hall: Hall, kind: str) -> None:
    """Its neighbours are taken, its reason names the field, and its number is the spreadsheet's."""
    row, field, reason = BAD[kind]
    good = [b"one@example.org,One,Oslo\n", b"two@example.org,Two,Oslo\n"]

    file = hall.send(HEADER + good[0] + row + good[1])

    assert (3, 2, 0, 1) == counts(file)
    (fault,) = hall.faults(file)
    assert (3, field) == (fault.row, fault.field)
    assert reason in fault.message
    (item,) = hall.laid_aside()
    assert ("import", "source:crm", fault.message) == (
        item.door, item.source, item.faults[0].message
    )  # fmt: skip
    assert "example" in json.dumps(item.sample) or kind in ("nobody", "a cell of a megabyte")


LINES: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"{nonsense", "is not JSON"),
    "a list": (b"[1]", "must be one JSON object"),
    "a key twice": (b'{"email":"a@example.org","email":"b@example.org"}', "a key twice"),
    "no number": (b'{"email":"a@example.org","n":NaN}', "NaN"),
    "beyond all numbers": (b'{"email":"a@example.org","n":1e999}', "finite"),
    "half a pair": (b'{"email":"a@example.org","n":"\\ud800"}', "surrogate"),
    "a deep one": (b'{"email":"a@example.org","n":' + b"[" * 90 + b"]" * 90 + b"}", "deeper"),
    "a bottomless one": (b'{"a":' * 50_000, "is not JSON"),
    "a large one": (
        b'{"email":"a@example.org",' + b",".join(b'"k%d":"%s"' % (n, b"x" * 9_000)
        for n in range(20)) + b"}", "larger than"),
    "a time of two readings": (b'{"email":"a@example.org","time":"03/04/2024"}', "must be a time"),
    "bytes": (b'{"email":"a@example.org","n":"M\xfcller"}', "bytes that are no UTF-8"),
    "a time to come": (b'{"email":"a@example.org","time":"2999-01-01"}', "within 24 hours"),
}  # fmt: skip


@pytest.mark.parametrize("kind", LINES)
def test_a_bad_line_is_laid_aside_alone(hall: Hall, kind: str) -> None:
    """A line of JSON has the bounds of any body, and its fault the number of its line."""
    line, reason = LINES[kind]
    good = b'{"email":"one@example.org"}\n'

    file = hall.send(good + line + b"\n")

    assert (2, 1, 0, 1) == counts(file)
    (fault,) = hall.faults(file)
    assert 2 == fault.row
    assert reason in fault.message


def test_a_quote_left_open_swallows_no_rows(hall: Hall) -> None:
    """The row with the quote is laid aside, and reading goes on behind its line."""
    rows = [b"p%d@example.org,P,Oslo\n" % n for n in range(500)]
    rows[10] = b'p10@example.org,"P,Oslo\n'

    file = hall.send(HEADER + b"".join(rows))

    assert (500, 499, 0, 1) == counts(file)
    assert [12] == [fault.row for fault in hall.faults(file)]


def test_history_may_be_as_old_as_it_likes_and_sets_nothing_off(hall: Hall) -> None:
    """A time of long ago stands in the timeline."""
    hall.send(
        b'{"email":"ada@example.org","event":"Order Completed","time":"2019-05-01T10:00:00Z"}'
    )

    person = hall.person("email", "ada@example.org")
    (entry,) = hall.desks.stores.events.timeline("main", person.id, limit=5, position=None).items
    event: Event = entry.event  # type: ignore[attr-defined]
    assert ("Order Completed", 2019, ()) == (
        event.name, event.occurred_at.year, entry.messages  # type: ignore[attr-defined]
    )  # fmt: skip


def test_a_row_with_an_id_of_its_own_is_known_by_it(hall: Hall) -> None:
    """Twice in one file or in two files it counts once; without a mapping a column is no id."""
    hall.source("shop", id="order")
    body = b"order,email\n1,a@example.org\n2,a@example.org\n1,a@example.org\n"
    known = hall.catalog.source("main", "shop")
    assert known is not None
    file = hall.announce(source="shop")
    hall.do(hall.arrives(file.key, body))
    hall.work()

    assert (3, 2, 1, 0) == counts(hall.get(file))
    assert (2, 2, 0, 0) == counts(hall.send(b"id,email\n1,a@example.org\n1,b@example.org\n"))


def test_a_later_row_stands_over_an_earlier_and_an_empty_cell_says_nothing(hall: Hall) -> None:
    """Without times of their own, rows of one file were so in their order."""
    hall.send(HEADER + b"ada@example.org,Ada,Paris\nada@example.org,,Rome\n")

    assert {"email": "ada@example.org", "first_name": "Ada", "city": "Rome"} == hall.person(
        "email", "ada@example.org"
    ).values()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("GarÃ§on", "Garçon"),
        ("MÃ¼ller", "Müller"),
        ("donâ€™t", "don\u2019t"),
        ("São Paulo", "São Paulo"),
        ("Ã", "Ã"),
        ("Ada", "Ada"),
    ],
)
def test_text_that_was_decoded_wrongly_is_mended(hall: Hall, given: str, meant: str) -> None:
    """Only where it is so from the first to the last letter."""
    hall.send(HEADER + f"ada@example.org,{given},Paris\n".encode())

    assert meant == hall.person("email", "ada@example.org").values()["first_name"]


def test_naughty_strings_come_through_byte_for_byte() -> None:
    """Mending leaves alone whatever is only strange."""
    if not BLNS.exists():
        pytest.skip("the corpus blns is not beside the repository")
    words: list[str] = json.loads(BLNS.read_text("utf-8"))

    # One line of control characters reads as if it had been decoded wrongly, and is left, too.
    assert words == [mended(word) for word in words]


def test_kills_anywhere_change_no_verdict() -> None:
    """A process that dies at any call to a table, again and again, leaves what one run leaves."""
    rows = [b"p%d@example.org,P%d,Oslo\n" % (n % 30, n) for n in range(40)]
    rows[7] = b"nobody,P,Oslo\n"
    body = HEADER + b"".join(rows)
    whole = _left_by(Hall(), body)
    assert (40, 39, 0, 1) == whole[0]

    for moment in range(0, 60, 3):
        mortal = Hall()
        assert whole == _left_by(mortal, body, moment=moment), moment


def _outlived(hall: Hall, body: str, moment: int | None) -> None:
    """Do what a body asks for, dying again and again, each time a little later."""
    for life in count():
        hall.life.left = None if moment is None else moment + 5 * life
        with suppress(Killed):
            hall.do(body)
            break
    hall.life.left = None


def _left_by(hall: Hall, body: bytes, *, moment: int | None = None) -> tuple[object, ...]:
    hall.source()
    file = hall.announce()
    bodies = [hall.arrives(file.key, body)]
    while bodies:
        for each in bodies:
            _outlived(hall, each, moment)
        bodies = [entry.body for entry in hall.queue.receive()]
    people = {person.identifiers["email"]: person.values() for person in hall.people()}
    events = sorted(key for key in hall.events_table.rows if key[1] == "event")
    aside = sorted(item.reason for item in hall.laid_aside())
    return counts(hall.get(file)), people, events, aside


def test_a_part_that_comes_twice_counts_once(hall: Hall) -> None:
    """The queue may bring everything again, and another file the same rows in between."""
    file = hall.announce()
    hall.do(hall.arrives(file.key, HEADER + b"ada@example.org,Ada,Paris\n"))
    (cut,) = hall.queue.receive()
    hall.do(cut.body)
    hall.queue.delete(cut.id)
    (part,) = hall.queue.receive()
    for _ in range(3):
        hall.do(part.body)
    assert (1, 0, 1, 0) == counts(hall.send(HEADER + b"ada@example.org,Ada,Paris\n"))
    hall.do(part.body)

    assert (1, 1, 0, 0) == counts(hall.get(file))


def test_a_part_goes_back_to_the_queue_when_time_is_short(hall: Hall) -> None:
    """It is new work then, not one more try, and ends with the same verdict."""
    file = hall.announce()
    hall.do(hall.arrives(file.key, HEADER + b"ada@example.org,Ada,Paris\n" * 150))
    (cut,) = hall.queue.receive()
    hall.do(cut.body)
    hall.queue.delete(cut.id)
    (part,) = hall.queue.receive()
    clocks = iter([timedelta(minutes=1), timedelta(seconds=1)])
    hall.left = lambda: next(clocks)
    hall.do(part.body)
    hall.queue.delete(part.id)
    assert 0 == hall.get(file).rows.read
    hall.left = lambda: timedelta(minutes=1)
    hall.work()

    assert (150, 150, 0, 0) == counts(hall.get(file))


def test_a_part_that_is_gone_is_a_dead_letter(hall: Hall) -> None:
    """Nothing can bring it back, so nobody tries."""
    with pytest.raises(Poison):
        hall.do('{"kind":"import_part","workspace":"main","import_id":"i1","part":0}')


def test_life_ends() -> None:
    """The double of a process dies when its moments are over."""
    life = Life(1)
    life.spend()
    with pytest.raises(Killed):
        life.spend()


@pytest.mark.parametrize("phone", ["n/a", "-", "0000000", "+44 20 7946 0958", "020 7946 0958"])
def test_a_phone_that_two_addresses_share_joins_nobody(hall: Hall, phone: str) -> None:
    """A landline of a family, or a word for none: one's mail must not become the other's."""
    file = hall.send(
        f"email,phone,first_name\na@example.org,{phone},Ann\nb@example.org,{phone},Bob\n".encode()
    )

    assert (2, 2, 0, 0) == counts(file)
    for address, name in (("a@example.org", "Ann"), ("b@example.org", "Bob")):
        person = hall.person("email", address)
        assert ((address,), name) == (person.identifiers["email"], person.values()["first_name"])


def test_a_number_still_leads_to_who_has_no_other_address(hall: Hall) -> None:
    """Whoever was known by a number alone is the one who now tells an address as well."""
    hall.send(b"email,phone\n,+442079460958\na@example.org,+44 20 7946 0958\n,+442079460958\n")

    assert {"email": ("a@example.org",), "phone": ("+442079460958",)} == dict(
        hall.person("email", "a@example.org").identifiers
    )


def test_who_has_nothing_but_a_word_for_no_number_is_laid_aside(hall: Hall) -> None:
    """It names nobody, and all of them would be one."""
    file = hall.send(b"email,phone\n,n/a\n,-\n,+442079460958\n")

    assert (3, 1, 0, 2) == counts(file)
    assert ["phone", "phone"] == [item.faults[0].field for item in hall.laid_aside()]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_line_that_names_the_delimiter_is_no_header(hall: Hall, newline: str, mark: str) -> None:
    """Excel writes one; rows keep the numbers that an editor shows."""
    lines = [f"{mark}sep=;", "email;city", "a@example.org;Oslo, Norway", "nobody;Rome", ""]
    file = hall.send(newline.join(lines).encode())

    assert (2, 1, 0, 1) == counts(file)
    assert "Oslo, Norway" == hall.person("email", "a@example.org").values()["city"]
    assert [4] == [fault.row for fault in hall.faults(file)]
