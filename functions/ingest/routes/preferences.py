"""The preference centre of a recipient, behind the signed link of a message."""

from typing import Any, get_args

from functions.ingest import browsers, centre, pages
from functions.ingest.ports import Ports
from functions.ingest.routes.confirmations import words as desk_of
from functions.ingest.wording.words import words_of
from signet.domain.choices import FREQUENCIES
from signet.errors import FieldError, Rejected
from signet.runtime import body, forms, http
from signet.usecases import choosing
from signet.usecases.choosing import Choices, Deed, Desk, Wish
from signet.usecases.scribe import Scribe

FORM_BYTES = 65_536
# Two for each box that a policy may offer, and those that a person has besides.
MOST_FIELDS = 1_000
_DEEDS: tuple[Deed, ...] = get_args(Deed)


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the routes."""
    routes = _Routes(app, ports)
    app.get("/p/<token>")(routes.page)
    app.head("/p/<token>")(routes.page)
    app.post("/p/<token>")(routes.choose)


class _Routes:
    def __init__(self, app: http.Resolver, ports: Ports) -> None:
        self._app = app
        self._ports = ports

    def page(self, token: str) -> http.Answer:
        """Show what holds; whoever fetches this changes nothing."""
        call = self._app.call
        found = self._choices(token)
        return browsers.headless(call, centre.shown(found, words_of(found.traits, _tongue(call))))

    def choose(self, token: str) -> http.Answer:
        """Do what the form wishes, and show what holds then."""
        call = self._app.call
        found = self._choices(token)
        words = words_of(found.traits, _tongue(call))
        try:
            wish = _wish(_fields(call), found, gpc=browsers.forbids_sharing(call))
        except Rejected as error:
            if not browsers.is_person(call):
                raise
            return pages.refused(words, error.fields, back=call.path)
        now = choosing.choose(found, wish, self._desk)
        return centre.shown(now, words, saved=True)

    def _choices(self, token: str) -> Choices:
        link = self._ports.links.read("preferences", token)
        return choosing.choices(link.message_id, workspace=link.workspace, desk=self._desk)

    @property
    def _desk(self) -> Desk:
        ports = self._ports
        return Desk(ports.ledger, ports.catalog, Scribe(desk_of(ports)))


def _tongue(call: http.Call) -> str:
    return call.headers.get("accept-language", "")


def _fields(call: http.Call) -> dict[str, list[str]]:
    """Read the form; every field as the list of its values."""
    content_type = call.headers.get("content-type", forms.URLENCODED)
    if not forms.is_form(content_type):
        raise Rejected.field("body", "must be a form")
    found: dict[str, Any] = forms.read(
        body.raw(call.event, limit=FORM_BYTES), content_type, most=MOST_FIELDS
    )
    return {name: v if isinstance(v, list) else [v] for name, v in found.items()}


def _wish(fields: dict[str, list[str]], known: Choices, *, gpc: bool) -> Wish:
    """
    Read what the form wishes.

    Raises:
        Rejected: Names every field that says what the page does not offer.
    """
    places = {box.place for box in known.boxes}
    shown, on = fields.get("shown", []), fields.get("on", [])
    deed = next((one for one in _DEEDS if fields.get("do") == [one]), None)
    often = fields.get("frequency", [])
    rate = next((one for one in FREQUENCIES if often == [one]), None)
    faults = []
    if deed is None:
        faults.append(FieldError("do", f"must be one of {', '.join(_DEEDS)}"))
    if not places.issuperset(shown):
        faults.append(FieldError("shown", "names what is not offered here"))
    if not set(shown).issuperset(on):
        faults.append(FieldError("on", "names what was not shown"))
    if often and rate is None:
        faults.append(FieldError("frequency", f"must be one of {', '.join(FREQUENCIES)}"))
    if deed is None or faults:
        raise Rejected("; ".join(f"{one.field}: {one.message}" for one in faults), tuple(faults))
    return Wish(deed, frozenset(shown), frozenset(on), rate, gpc)
