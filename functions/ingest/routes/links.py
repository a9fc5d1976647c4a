"""What recipients do: opens, clicks, and unsubscribing with one click."""

from typing import Literal

from functions.ingest import browsers, pages
from functions.ingest.ports import Ports
from functions.ingest.routes.confirmations import words as desk_of
from functions.ingest.wording.words import Words, words_of
from signet.domain.work import NoteEngagement
from signet.errors import Missing, Rejected, Transient
from signet.runtime import body, forms, http, observability
from signet.templating.links import Link
from signet.usecases import consent

ONE_CLICK = ("List-Unsubscribe", "One-Click")
THANKS = "thanks"
FORM_BYTES = 4_096


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the routes."""
    routes = _Routes(app, ports)
    for path, answered in (
        ("/t/o/<token>", routes.opened),
        ("/t/c/<token>", routes.clicked),
        ("/u/<token>", routes.page),
    ):
        app.get(path)(answered)
        app.head(path)(answered)
    app.post("/u/<token>")(routes.unsubscribe)


class _Routes:
    def __init__(self, app: http.Resolver, ports: Ports) -> None:
        self._app = app
        self._ports = ports

    def opened(self, token: str) -> http.Answer:
        """Note an opening and give the invisible picture."""
        self._note(self._ports.links.read("open", token), "opened")
        return browsers.headless(self._app.call, pages.pixel())

    def clicked(self, token: str) -> http.Answer:
        """Note a click and lead on to the address that was signed."""
        link = self._ports.links.read("click", token)
        if not (link.url or "").lower().startswith(("http://", "https://")):
            raise Missing("there is no such link")
        self._note(link, "clicked")
        return http.answer(302, location=link.url or "", cache_control="no-store")

    def page(self, token: str) -> http.Answer:
        """Show the page with the button; mail scanners follow links, so nothing changes."""
        call = self._app.call
        if token == THANKS:
            answer = pages.thanks(words_of(None, call.headers.get("accept-language", "")))
            return browsers.headless(call, answer)
        link = self._ports.links.read("unsubscribe", token)
        answer = pages.unsubscribe(self._words(link), choose=self._choose(link))
        return browsers.headless(call, answer)

    def unsubscribe(self, token: str) -> http.Answer:
        """Unsubscribe, by the mail program's one click (RFC 8058) or by our page's button."""
        link = self._ports.links.read("unsubscribe", token)
        _demand_one_click(self._app.call)
        consent.unsubscribe(
            link.message_id,
            workspace=link.workspace,
            ledger=self._ports.ledger,
            desk=desk_of(self._ports),
        )
        # A mail program reads no page, and is answered with as few calls as can be.
        words = self._words(link) if browsers.is_person(self._app.call) else words_of(None, "")
        return pages.unsubscribed(words, choose=self._choose(link))

    def _words(self, link: Link) -> Words:
        """Choose the language of a message's recipient."""
        message = self._ports.ledger.get(link.workspace, link.message_id)
        named = message.profile_id if message else None
        people = self._ports.profiles.get_many(link.workspace, [named]) if named else {}
        person = people.get(named or "")
        accepted = self._app.call.headers.get("accept-language", "")
        return words_of(person.values() if person else None, accepted)

    def _choose(self, link: Link) -> str:
        place = {"workspace": link.workspace, "message_id": link.message_id}
        return "/p/" + self._ports.links.token("preferences", **place)

    def _note(self, link: Link, what: Literal["opened", "clicked"]) -> None:
        if self._app.call.method == "HEAD":
            # Whoever asks for the head alone is a program, and has read nothing.
            return
        work = NoteEngagement(
            workspace=link.workspace,
            message_id=link.message_id,
            engagement=what,
            at=self._ports.clock.now(),
            url=link.url or "",
            user_agent=self._app.call.headers.get("user-agent", "")[:512],
        )
        try:
            self._ports.engagement.send([work])
        except Transient as error:
            # A person who clicked gets where the link leads, even if we lose the count.
            observability.alarm("engagement lost", error, message_id=link.message_id)


def _demand_one_click(call: http.Call) -> None:
    content_type = call.headers.get("content-type", forms.URLENCODED)
    name, value = ONE_CLICK
    if not forms.is_form(content_type):
        raise Rejected.field(name, f"must be {value}, in a form")
    fields = forms.read(body.raw(call.event, limit=FORM_BYTES), content_type)
    if fields.get(name) != value:
        raise Rejected.field(name, f"must be {value}")
