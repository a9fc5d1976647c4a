"""
A mail to the provider's own simulator: its event proves that events arrive.

Only then does silence about a message mean anything. A canary is sent when there is a doubt to be
ended, never otherwise.
"""

from datetime import UTC, datetime, timedelta

from signet.domain.provider_event import ProviderEvent
from signet.errors import SignetError
from signet.ports import Clock, Evidence, Mailer, Outgoing

# https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html: mail to it is
# delivered to nobody and counts for no rate.
NOBODY = "success@simulator.amazonses.com"
WORKSPACE = "-"
PREFIX = "canary-"
EVERY = timedelta(minutes=1)


def sent_at(event: ProviderEvent) -> datetime | None:
    """Give when the canary was sent that an event is about, None for any other event."""
    stamp = event.message_id.removeprefix(PREFIX)
    if event.workspace != WORKSPACE or stamp == event.message_id or not stamp.isdecimal():
        return None
    return datetime.fromtimestamp(int(stamp), UTC)


def send(*, mailer: Mailer, evidence: Evidence, clock: Clock, sender: str) -> bool:
    """
    Send a canary unless one was sent a moment ago.

    Effects: mailer, evidence.

    Returns:
        Whether one left; a provider that refuses it will be asked again.
    """
    now, asked = clock.now(), evidence.asked()
    if asked is not None and now - asked < EVERY:
        return False
    evidence.ask(now)
    stamp = int(now.timestamp())
    outgoing = Outgoing(
        workspace=WORKSPACE,
        message_id=f"{PREFIX}{stamp}",
        epoch=0,
        sender=sender,
        recipient=NOBODY,
        raw=_mail(sender, stamp),
    )
    try:
        mailer.send(outgoing)
    except SignetError:
        return False
    return True


def _mail(sender: str, stamp: int) -> bytes:
    lines = (
        f"From: {sender}",
        f"To: {NOBODY}",
        f"Subject: canary {stamp}",
        f"Message-ID: <{PREFIX}{stamp}@signet.invalid>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "Events about this mail prove that events arrive.",
        "",
    )
    return "\r\n".join(lines).encode("ascii", "replace")
