"""Nasty text and nasty ids through webhooks and forms: as they came, or refused with a reason."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from tests import signers
from tests.functions.ingest_world import World
from tests.signers import compact

CORPORA = Path(__file__).resolve().parents[3] / "shared" / "corpora"
SECRET = "Shared-Secret-1"
OWN = (
    "a\r\nb", "a\nb", "\ta ", " ", "a\u2028b", "\ufeffa", "e\u0301", "😀", "--b", "--b--",
    "\r\n--b", "a=b&c", "%", "%zz", "+", "\\u0000", "\x01\x1b[31m", "`null`", "@", "'",
    "a" * 16_384,
)  # fmt: skip
IDS = ("a#b", "a/b", "..", "../..", "%2e%2e", "main#p#a", "a%23b", "a b", ":", "é", "x" * 256)


@cache
def strings() -> tuple[str, ...]:
    """Give the list of naughty strings, emoji and lookalikes, and ours."""
    blns, unicode = CORPORA / "blns" / "blns.json", CORPORA / "unicode"
    if not blns.exists() or not unicode.exists():
        pytest.skip("the corpora are not beside the repository")
    lines = (unicode / "emoji-test.txt").read_text("utf-8").splitlines()
    emoji = [line.partition("# ")[2].partition(" ")[0] for line in lines if "; fully" in line]
    alike = json.loads((unicode / "confusables-latin-alnum.json").read_text("utf-8"))
    odd = json.dumps(alike, ensure_ascii=False)[:16_000]
    return (*json.loads(blns.read_text("utf-8")), *OWN, "".join(emoji[:2000]), odd)


def urlencoded(fields: dict[str, str]) -> tuple[str, bytes]:
    """Write a form as browsers do by default."""
    pairs = [f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items()]
    return "application/x-www-form-urlencoded", "&".join(pairs).encode()


def multipart(fields: dict[str, str]) -> tuple[str, bytes]:
    """Write a form as browsers do beside files."""
    edge = "----signet7MA4YWxkTrZu0gW"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return f"multipart/form-data; boundary={edge}", ("".join(parts) + f"--{edge}--\r\n").encode()


def webhook(fields: dict[str, str]) -> tuple[str, bytes]:
    """Write JSON."""
    return "application/json", compact(fields)


@pytest.mark.parametrize("write", [urlencoded, multipart, webhook])
def test_naughty_strings_come_through_byte_for_byte(write: Any) -> None:
    """Row 14: words, traits and feedback are what was typed; the signature is over the bytes."""
    world = World()
    mapping = {"traits": {"word": "word"}, "feedback": {"text": "word"}, "id": "no"}
    world.source("it", kind="web_form", mapping=mapping,
                 signature={"scheme": "typeform", "secrets": [SECRET]})  # fmt: skip
    for number, text in enumerate(strings()):
        fields = {"email": "ada@example.org", "word": text, "no": str(number)}
        content_type, body = write(fields)
        headers = {"content-type": content_type, **signers.typeform(SECRET, body)}
        answer = world.call("POST", "/v1/sources/it", body, headers=headers)
        assert 202 == answer.status, (number, text, answer.body)
        event = world.work.events[-1]
        assert str(number) == event.id
        assert text == event.properties["word"] == event.traits["word"], number
        assert not text or text == event.context["feedback"]["text"], number
        world.work.items.clear()


@pytest.mark.parametrize("write", [urlencoded, multipart, webhook])
@pytest.mark.parametrize("text", ["a\x00b", "x" * 16_385])
def test_text_that_cannot_be_kept_names_its_field(write: Any, text: str) -> None:
    """A NUL and a text without end are refused by the name of the field."""
    world = World()
    world.source("it", kind="web_form")
    content_type, body = write({"email": "ada@example.org", "word": text})
    answer = world.call("POST", "/v1/sources/it", body, headers={"content-type": content_type})

    assert (400, "word") == (answer.status, answer.json["errors"][0]["field"])


def test_ids_of_senders_are_kept_exactly_and_apart() -> None:
    """Row 51: no delimiter of ours in an id of theirs makes two events or two people one."""
    world = World()
    mapping = {"id": "no", "external_id": "who"}
    world.source("it", kind="crm", mapping=mapping)
    for name in IDS:
        answer = world.call("POST", "/v1/sources/it", {"no": name, "who": name})
        assert (202, [name]) == (answer.status, answer.json["ids"])
    events = world.work.events

    assert len(IDS) == len({event.key for event in events})
    assert list(IDS) == [event.identifiers.external_id for event in events]


@pytest.mark.parametrize("name", ["a#b", "a%23b", "..", "%2e%2e", "a%2Fb", "A", "é", "x" * 65, "-"])
def test_name_that_no_source_can_have_is_refused(name: str) -> None:
    """Row 51: bent names reach no row, by whichever method."""
    world = World()
    for method, path in (("POST", name), ("POST", f"{name}/hook"), ("GET", f"{name}/hook")):
        answer = world.call(method, f"/v1/sources/{path}", {"email": "ada@example.org"})
        assert answer.status in {400, 404}, (method, path)
    assert not world.work.items
