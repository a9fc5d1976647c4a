"""Every mail that left: to list, to read, and to react to as a person or a provider would."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from infra.local import ses_events
from infra.local.letters import Letter
from infra.local.payload import Response

Publish = Callable[[list[dict[str, Any]]], None]
Fetch = Callable[[str], Response]
REACTIONS = ("open", "click", "bounce", "complain", "reply")
SIMULATOR = "@simulator.amazonses.com"


class NoSuchLetter(LookupError):
    """The outbox holds no mail of this id."""


class CannotReact(ValueError):
    """The mail offers nothing to react to in this way, or the reaction is not known."""


@dataclass
class Outbox:
    """The mails that left, oldest first."""

    now: Callable[[], datetime]
    publish: Publish
    fetch: Fetch
    destinations: dict[str, set[str]] = field(default_factory=dict)
    letters: dict[str, Letter] = field(default_factory=dict)
    relay: Callable[[Letter], None] | None = None
    keep: Callable[[Letter], None] | None = None

    def accept(self, letter: Letter) -> None:
        """
        Take a mail and tell what became of it; before anything else it is kept.

        Raises:
            OSError: It cannot be kept, so it does not leave.
        """
        if self.keep:
            self.keep(letter)
        self.letters[letter.id] = letter
        self.emit(letter, "Send", {})
        if self.relay:
            self.relay(letter)
        self._arrive(letter)

    def recall(self, letter: Letter) -> None:
        """Show a mail again that left before, and tell again what became of it."""
        self.letters[letter.id] = letter
        self.emit(letter, "Send", {})
        self._arrive(letter)

    def _arrive(self, letter: Letter) -> None:
        first = (letter.to[0] if letter.to else "").lower()
        name = first.removesuffix(SIMULATOR).partition("+")[0] if SIMULATOR in first else ""
        if name == "bounce":
            self.bounce(letter, kind="Permanent", subtype="General")
        elif name == "suppressionlist":
            self.bounce(letter, kind="Permanent", subtype="OnAccountSuppressionList")
        else:
            self.emit(letter, "Delivery", ses_events.delivery(letter, self.now()))
        if name == "complaint":
            self.emit(letter, "Complaint", ses_events.complaint(letter, self.now()))

    def emit(self, letter: Letter, kind: str, body: dict[str, Any]) -> None:
        """Put one event on the default bus, if the configuration set asks for it."""
        wanted = self.destinations.get(letter.configuration_set, set())
        if kind.lower() in wanted:
            self.publish([ses_events.entry(letter, kind, body)])

    def bounce(self, letter: Letter, *, kind: str, subtype: str) -> None:
        """Let a mail come back."""
        body = ses_events.bounce(letter, self.now(), kind=kind, subtype=subtype)
        self.emit(letter, "Bounce", body)

    def list(
        self, channel: str | None = None, to: str | None = None, limit: int | None = None
    ) -> list[dict[str, Any]]:
        """Show the mails, newest first, of a channel and to an address if given."""
        if channel not in (None, "", "email"):
            return []
        wanted = (to or "").lower()
        found = [
            letter
            for letter in reversed(self.letters.values())
            if not wanted or any(wanted in address.lower() for address in letter.to)
        ]
        return [letter.view() for letter in found[:limit]]

    def get(self, ident: str) -> Letter:
        """
        Give one mail.

        Raises:
            NoSuchLetter: There is none of this id.
        """
        if ident not in self.letters:
            raise NoSuchLetter(ident)
        return self.letters[ident]

    def react(self, ident: str, reaction: str, payload: dict[str, Any]) -> dict[str, Any]:
        """
        React to a mail.

        Args:
            ident: The mail.
            reaction: One of open, click, bounce, complain, reply.
            payload: `link` of a click, `type` of a bounce.

        Raises:
            NoSuchLetter: There is no such mail.
            CannotReact: It has no such link, or nothing answers replies.
        """
        letter = self.get(ident)
        if reaction in ("open", "click"):
            return self._fetch(letter, reaction, payload.get("link"))
        if reaction == "bounce":
            kind = str(payload.get("type", "Permanent")).capitalize()
            self.bounce(letter, kind=kind, subtype=str(payload.get("subtype", "General")))
            return {"id": ident, "reaction": reaction}
        if reaction == "complain":
            self.emit(letter, "Complaint", ses_events.complaint(letter, self.now()))
            return {"id": ident, "reaction": reaction}
        raise CannotReact(f"nothing answers the reaction {reaction!r} to a mail")

    def _fetch(self, letter: Letter, reaction: str, link: Any) -> dict[str, Any]:
        """Follow the mail's own link, as the person's mail program would."""
        links = letter.parsed.links("/t/o/" if reaction == "open" else "/t/c/")
        if link is not None and link not in links:
            raise CannotReact("the mail has no such tracked link")
        if not links:
            raise CannotReact(f"the mail has no link to {reaction}")
        parts = urlsplit(str(link or links[0]))
        answer = self.fetch(parts.path + ("?" + parts.query if parts.query else ""))
        return {
            "id": letter.id,
            "reaction": reaction,
            "status": answer.status,
            "location": answer.header("location") or None,
        }
