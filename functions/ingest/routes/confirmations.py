"""Double opt-in: the page of a confirmation link, and its button."""

from functions.ingest import browsers, pages
from functions.ingest.ports import Ports
from functions.ingest.wording.words import Words, words_of
from signet.errors import Rejected
from signet.runtime import body, forms, http
from signet.usecases import consent, double_opt_in, transactional

BUTTON = ("confirm", "yes")
FORM_BYTES = 4_096


def mount(app: http.Resolver, ports: Ports) -> None:
    """Register the routes."""

    def page(token: str) -> http.Answer:
        """Show the page with the button; mail scanners follow links, so nothing changes."""
        ports.links.read("confirm", token)
        return browsers.headless(app.call, pages.confirm(_tongue(app)))

    def confirmed(token: str) -> http.Answer:
        """Grant the consent, or say why it cannot be granted any more."""
        link = ports.links.read("confirm", token)
        _demand_button(app.call)
        return pages.answered(_tongue(app), double_opt_in.confirm(link, desk=words(ports)))

    app.get("/c/<token>")(page)
    app.head("/c/<token>")(page)
    app.post("/c/<token>")(confirmed)


def _tongue(app: http.Resolver) -> Words:
    """Choose the page's language; whoever clicks may still be nobody known."""
    return words_of(None, app.call.headers.get("accept-language", ""))


def _demand_button(call: http.Call) -> None:
    """Let the page's own form pass: whoever merely tries a link with a POST grants nothing."""
    content_type = call.headers.get("content-type", "")
    name, value = BUTTON
    if forms.is_form(content_type):
        fields = forms.read(body.raw(call.event, limit=FORM_BYTES), content_type)
        if fields.get(name) == value:
            return
    raise Rejected.field(name, f"must be {value}, in a form")


def words(ports: Ports) -> consent.Desk:
    """Choose the ports that recording a word needs."""
    return consent.Desk(
        profiles=ports.profiles,
        permissions=ports.permissions,
        catalog=ports.catalog,
        sealer=ports.sealer,
        queue=ports.work,
        clock=ports.clock,
    )


def desk(ports: Ports) -> double_opt_in.Desk:
    """Choose the ports that asking for a confirmation needs."""
    mail = transactional.Desk(
        ledger=ports.ledger,
        catalog=ports.catalog,
        profiles=ports.profiles,
        sealer=ports.sealer,
        queue=ports.work,
        clock=ports.clock,
    )
    return double_opt_in.Desk(words(ports), mail, ports.links, ports.public_url)
