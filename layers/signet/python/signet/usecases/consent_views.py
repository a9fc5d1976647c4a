"""What operators see of the words of people."""

from datetime import datetime

from signet.domain.consent import Consent
from signet.domain.receipt import Shown
from signet.usecases.views import View


class WordView(View):
    """A person's word on one channel and topic at a moment; `receipt` names what proves it."""

    channel: str
    topic: str
    status: Shown
    basis: str
    wording_version: str
    source: str
    evidence: str
    at: datetime
    expires_at: datetime | None
    receipt: str


def word(said: Consent, at: datetime) -> WordView:
    """Show a word as it is at a moment, at which a grant may have ended."""
    known = said.model_dump(exclude={"status", "renewed"})
    return WordView(**known, status="expired" if said.expired(at) else said.status)
