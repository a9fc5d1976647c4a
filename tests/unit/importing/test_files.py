"""What becomes of files of any kind: read, or refused with the reason, and never lost."""

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest

from signet.domain.importing import Arrival, Part, safe_name
from signet.usecases.importing import cutting
from tests.unit.importing.hall import NOW, Hall, counts

HEADER = "email,first_name,city\n"
ROWS = HEADER + "ada@example.org,Ada,Paris\nbob@example.org,Bob,Oslo\n"


@pytest.fixture
def hall() -> Hall:
    """Give a hall with one source."""
    found = Hall()
    found.source()
    return found


FORMS: dict[str, bytes] = {
    "plain": ROWS.encode(),
    "a mark": b"\xef\xbb\xbf" + ROWS.encode(),
    "UTF-16, little end first": b"\xff\xfe" + ROWS.encode("utf-16-le"),
    "UTF-16, big end first": b"\xfe\xff" + ROWS.encode("utf-16-be"),
    "gzip": gzip.compress(ROWS.encode()),
    "gzip of two members": gzip.compress(HEADER.encode())
    + gzip.compress(ROWS[len(HEADER) :].encode()),
    "gzip and zeros behind": gzip.compress(ROWS.encode()) + bytes(512),
    "no last newline": ROWS.rstrip().encode(),
    "windows newlines": ROWS.replace("\n", "\r\n").encode(),
    "old newlines": ROWS.replace("\n", "\r").encode(),
    "semicolons": ROWS.replace(",", ";").encode(),
    "Excel's own first line": b"sep=;\r\n" + ROWS.replace(",", ";").encode(),
    "tabs": ROWS.replace(",", "\t").encode(),
    "bars": ROWS.replace(",", "|").encode(),
    "spaces behind commas": ROWS.replace(",", ", ").encode(),
    "blank lines": ROWS.replace("\n", "\n\n").encode(),
    "quotes": ROWS.replace("Ada", '"Ada"').encode(),
    "lines": b'{"email":"ada@example.org","first_name":"Ada","city":"Paris"}\n\n'
    b'{"email":"bob@example.org","first_name":"Bob","city":"Oslo"}',
}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rows_in_any_form_are_the_same_people(hall: Hall, form: str) -> None:
    """Encodings, newlines, dialects and packing say nothing about the rows."""
    file = hall.send(FORMS[form])

    assert file.done, file.reason
    assert (2, 2, 0, 0) == counts(file)
    wanted = {"email": "ada@example.org", "first_name": "Ada", "city": "Paris"}
    assert wanted == hall.person("email", "ada@example.org").values()


def test_the_same_rows_twice_are_duplicates_whatever_wraps_them(hall: Hall) -> None:
    """Name, packing, newlines and quotes do not make another file of it."""
    first, *others = (form for form in FORMS if form != "lines")
    hall.send(FORMS[first])

    for form in others:
        assert (2, 0, 2, 0) == counts(hall.send(FORMS[form])), form


def test_a_file_that_grew_brings_only_its_new_rows(hall: Hall) -> None:
    """What stands before is the same, so its rows are known."""
    hall.send(ROWS.encode())

    grown = hall.send(ROWS.encode() + b"eve@example.org,Eve,Rome\n")

    assert (3, 1, 2, 0) == counts(grown)


def test_another_mapping_reads_a_known_file_anew(hall: Hall) -> None:
    """Whoever corrects the mapping can bring the same file again."""
    hall.send(ROWS.encode())
    known = hall.catalog.source("main", "crm")
    assert known is not None
    mapping = known.mapping.model_copy(update={"traits": {"town": "city"}})
    changed = known.model_copy(update={"mapping": mapping, "revision": 2})
    hall.catalog.save_source("main", changed, expected_revision=1)

    assert (2, 2, 0, 0) == counts(hall.send(ROWS.encode()))
    assert "Paris" == hall.person("email", "ada@example.org").values()["town"]


def _zipped() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("../../etc/passwd", "email\n")
    return body.getvalue()


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "a mark only": (b"\xef\xbb\xbf", "is empty"),
    "blank lines only": (b"\n\n \n", "is empty"),
    "packed nothing": (gzip.compress(b""), "is empty"),
    "a zip whose name leads out": (_zipped(), "zip archive"),
    "a zip within gzip": (gzip.compress(_zipped()), "zip archive"),
    "gzip within gzip": (gzip.compress(gzip.compress(ROWS.encode())), "compressed twice"),
    "gzip cut off": (gzip.compress(ROWS.encode() * 600)[:-40], "ends in the middle"),
    "damaged gzip": (gzip.compress(ROWS.encode())[:10] + b"\xff" * 99, "damaged"),
    "a bomb": (gzip.compress(b"{" + b" " * 20_000_000), "swells"),
    "no text in gzip": (gzip.compress(bytes(100_000)), "no UTF-8 text"),
    "one list": (b'[{"email":"ada@example.org"}]', "one JSON list"),
    "a PDF": (b"%PDF-1.7\n", "PDF"),
    "a program": (b"\x7fELF\x00\x00\x01\n", "no UTF-8 text"),
    "no header": (b"ada@example.org,Ada\nbob@example.org,Bob\n", "first row names the columns"),
    "a column twice": (b"email,email\na@example.org,b@example.org\n", "more than once"),
    "a header without end": (b"a" * 70_000 + b"\n", "must end within"),
    "too many columns": (",".join(f"c{n}" for n in range(1001)).encode() + b"\n", "columns"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(hall: Hall, kind: str) -> None:
    """It is no dead letter, is not tried again, and says what to do."""
    body, reason = REFUSED[kind]

    file = hall.send(body)

    assert "refused" == file.status
    assert reason in file.reason
    assert [] == hall.queue.bodies
    assert file.rows.read == sum(counts(file)[1:])


def test_a_header_alone_is_a_file_without_rows(hall: Hall) -> None:
    """It is done, and nothing came of it."""
    file = hall.send(b"email,first_name\n")

    assert file.done
    assert (0, 0, 0, 0) == counts(file)


def test_a_bomb_is_not_inflated_to_its_end(hall: Hall) -> None:
    """Reading stops at ten megabytes, long before the two gigabytes are there."""
    squeezed = gzip.compress(b"{" + b" " * 50_000_000, compresslevel=9)

    file = hall.send(squeezed * 40)

    assert "swells" in file.reason


def test_a_file_is_cut_at_the_same_rows_however_often_it_is_interrupted(hall: Hall) -> None:
    """Where time is short after each part the parts are the same as at one go."""
    rows = "".join(f'p{n}@example.org,"two\nlines é",Paris\n' for n in range(5_300))
    body = (HEADER + rows).encode()
    whole = _parts_of(hall, body)
    for pack in (lambda raw: raw, gzip.compress, lambda raw: b"\xff\xfe" + _utf16(raw)):
        hurried = Hall(left=lambda: cutting.ENOUGH - timedelta(seconds=1))
        hurried.source()
        assert whole == _parts_of(hurried, pack(body), stopping=True)


def _utf16(raw: bytes) -> bytes:
    return raw.decode().encode("utf-16-le")


def _parts_of(hall: Hall, body: bytes, *, stopping: bool = False) -> list[list[object]]:
    file = hall.announce()
    hall.do(hall.arrives(file.key, body))
    done = 0
    while cuts := [e for e in hall.queue.receive() if '"cut_file"' in e.body]:
        for entry in cuts:
            hall.do(entry.body)
            hall.queue.delete(entry.id)
            done += 1
        hall.clock.advance(timedelta(hours=1))
    assert (done > 1) == stopping
    parts = [Part.read(gzip.decompress(hall.objects.get(key)))
             for key in hall.objects.names("chunks/")]  # fmt: skip
    return [list(part.rows) for part in parts]


Measure = Callable[[Callable[[], object]], int]


def test_a_file_is_never_held_whole(hall: Hall, peak: Measure) -> None:
    """Cutting thirty megabytes takes a part and a piece at a time."""
    row = "p%d@example.org," + "x" * 1_000 + ",Paris\n"
    body = (HEADER + "".join(row % n for n in range(30_000))).encode()
    file = hall.announce()
    hall.do(hall.arrives(file.key, body))
    (entry,) = hall.queue.receive()

    assert peak(lambda: hall.do(entry.body)) < 12_000_000
    assert len(body) > 30_000_000
    assert 31 == len(list(hall.objects.names("chunks/")))


@pytest.mark.parametrize(
    ("key", "workspace", "source"),
    [
        ("imports/crm/a.csv", "main", "crm"),
        ("imports/main/crm/a.csv", "main", "crm"),
        ("imports/crm/2026/03/a.csv", "main", "crm"),
        ("imports/main/crm/2026/a.csv", "main", "crm"),
    ],
)
def test_a_dropped_file_begins_its_import(
    hall: Hall, key: str, workspace: str, source: str
) -> None:
    """The key names the source, and the workspace if it is another; news twice is one import."""
    for _ in range(2):
        hall.do(hall.arrives(key, ROWS.encode(), number=7))
    hall.work()

    (file,) = hall.book.page(workspace, limit=10, position=None).items
    assert (source, "a.csv", True) == (file.source_name, file.name, file.done)  # type: ignore[attr-defined]
    assert (2, 2, 0, 0) == counts(file)  # type: ignore[arg-type]


def test_a_dropped_file_of_nobody_is_refused_where_operators_look(hall: Hall) -> None:
    """The list of imports says which source is missing."""
    hall.do(hall.arrives("imports/unknown/a.csv", ROWS.encode()))

    (file,) = hall.book.page("main", limit=10, position=None).items
    assert ("refused", "source: none is registered that is named unknown in main") == (
        file.status,  # type: ignore[attr-defined]
        file.reason,  # type: ignore[attr-defined]
    )
    assert [] == hall.queue.bodies


def test_a_folder_is_no_file(hall: Hall) -> None:
    """What consoles make of an empty folder is passed over."""
    hall.do(hall.arrives("imports/crm/", b""))

    assert () == hall.book.page("main", limit=10, position=None).items


def test_a_file_that_is_replaced_while_it_is_read_is_refused(hall: Hall) -> None:
    """Half of one and half of the other would be nobody's file."""
    file = hall.announce()
    hall.do(hall.arrives(file.key, ROWS.encode()))
    hall.objects.put(file.key, ROWS.encode() * 2)
    hall.work()

    assert "file: was removed or replaced while it was read" == hall.get(file).reason


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\people\\Kunden März.csv", "Kunden_M_rz.csv"),
        ("..", "file"),
        ("a\x00b\u202egnp.csv", "a_b_gnp.csv"),
        ("x" * 500, "x" * 128),
    ],
)
def test_a_name_leads_nowhere(given: str, safe: str) -> None:
    """Folders, dots and odd letters of a name never reach a key."""
    assert safe == safe_name(given)


def test_an_announced_file_is_known_by_its_id_only() -> None:
    """A folder that looks like an id somewhere else announces nothing."""
    ident = "i20260302120000-abcdefghijklmnop"
    announced = Arrival(f"imports/main/crm/{ident}/a.csv", "t", "1", NOW)
    deeper = Arrival(f"imports/main/crm/{ident}/b/a.csv", "t", "1", NOW)

    assert [ident, None] == [announced.import_id, deeper.import_id]
