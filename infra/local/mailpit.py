"""The read part of Mailpit's API, over the outbox."""

import json
from collections.abc import Callable
from email.utils import getaddresses
from typing import Any
from urllib.parse import parse_qs

from infra.local.letters import Letter, Parsed
from infra.local.outbox import Outbox
from infra.local.payload import Request, Response
from infra.local.problems import nothing_here

PAGE = 50

# Parts of the paths of one mail and of its source.
ONE, RAW = 4, 5


def answer(outbox: Outbox, request: Request) -> Response:
    """
    Answer a request under `/api/v1/` or `/view/`.

    Raises:
        NoSuchLetter: There is no such mail.
        Refused: There is no such path.
    """
    query = {name: values[0] for name, values in parse_qs(request.query).items()}
    parts = request.path.strip("/").split("/")
    if parts[0] == "view":
        return view(outbox, parts[-1])
    if parts[2:] in (["messages"], ["search"]):
        return listing(outbox, query)
    if parts[2:3] == ["message"] and len(parts) in (ONE, RAW):
        letter = find(outbox, parts[3])
        raw = len(parts) == RAW and parts[4] == "raw"
        return Response(200, PLAIN, letter.raw) if raw else as_json(full(letter))
    raise nothing_here()


PLAIN = [("content-type", "text/plain; charset=utf-8")]
HTML = [
    ("content-type", "text/html; charset=utf-8"),
    ("content-security-policy", "sandbox allow-popups; script-src 'none'"),
]


def view(outbox: Outbox, name: str) -> Response:
    """Show the HTML or the text of a mail."""
    ident, _, kind = name.rpartition(".")
    seen = find(outbox, ident).parsed
    if kind == "html":
        return Response(200, HTML, (seen.html or seen.text).encode())
    return Response(200, PLAIN, seen.text.encode())


def find(outbox: Outbox, ident: str) -> Letter:
    """Give a mail by id, or the latest."""
    if ident == "latest" and outbox.letters:
        return next(reversed(outbox.letters.values()))
    return outbox.get(ident)


def listing(outbox: Outbox, query: dict[str, str]) -> Response:
    """List mails, newest first, that the query finds."""
    terms = query.get("query", "").lower().split()
    everything = list(reversed(outbox.letters.values()))
    found = [m for m in everything if all(matches(m, term) for term in terms)]
    start, limit = number(query.get("start"), 0), number(query.get("limit"), PAGE)
    page = [summary(letter, letter.parsed) for letter in found[start : start + limit]]
    return as_json(
        {
            "total": len(everything),
            "unread": len(everything),
            "count": len(page),
            "messages_count": len(found),
            "messages_unread": len(found),
            "start": start,
            "tags": [],
            "messages": page,
        }
    )


def matches(letter: Letter, term: str) -> bool:
    """Tell whether a mail has the term, or has it in the field it names."""
    field, colon, value = term.partition(":")
    value = value.strip('"')
    wanted: dict[str, Callable[[], str]] = {
        "to": lambda: ",".join(letter.to),
        "from": lambda: letter.sender,
        "subject": lambda: letter.parsed.subject,
        "message-id": lambda: dict(letter.parsed.headers).get("Message-ID", ""),
    }
    if colon and field in wanted:
        return value in wanted[field]().lower()
    seen = letter.parsed
    return term.strip('"') in " ".join((*letter.to, letter.sender, seen.subject, seen.text)).lower()


def summary(letter: Letter, seen: Parsed) -> dict[str, Any]:
    """Describe a mail in a list."""
    headers = dict(seen.headers)
    return {
        "ID": letter.id,
        "MessageID": headers.get("Message-ID", "").strip("<>"),
        "Read": False,
        "From": people(seen.sender or letter.sender)[0],
        "To": people(", ".join(letter.to)),
        "Cc": people(headers.get("Cc", "")),
        "Bcc": [],
        "ReplyTo": people(headers.get("Reply-To", "")),
        "Subject": seen.subject,
        "Created": letter.sent_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "Tags": sorted(letter.tags.values()),
        "Size": len(letter.raw),
        "Attachments": seen.attachments,
        "Snippet": " ".join(seen.text.split())[:250],
    }


def full(letter: Letter) -> dict[str, Any]:
    """Describe one mail whole."""
    seen = letter.parsed
    headers = dict(seen.headers)
    return summary(letter, seen) | {
        "Date": letter.sent_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "ReturnPath": letter.sender,
        "ListUnsubscribe": {"Header": headers.get("List-Unsubscribe", "")},
        "Text": seen.text,
        "HTML": seen.html,
        "Inline": [],
        "Attachments": [],
    }


def people(line: str) -> list[dict[str, str]]:
    """Split a header's addresses into names and addresses."""
    return [{"Name": n, "Address": a} for n, a in getaddresses([line]) if a or n]


def number(text: str | None, default: int) -> int:
    """Read a number of a query."""
    return int(text) if text and text.isdecimal() else default


def as_json(value: Any) -> Response:
    """Answer with JSON."""
    return Response(200, [("content-type", "application/json")], json.dumps(value).encode())
