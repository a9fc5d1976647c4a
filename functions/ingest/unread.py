"""What a registered source sent and nobody could read is refused, and kept all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from functions.ingest.ports import Ports
from signet.domain.source import Source
from signet.errors import Rejected
from signet.runtime import body, http, observability
from signet.usecases.quarantine import keep_from_source


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent, proven, and the id of the delivery if that is proven, too."""

    source: Source
    delivery: str | None = None


@contextmanager
def kept(ports: Ports, sender: Sender, sample: object) -> Iterator[None]:
    """
    Keep a payload if what is done within refuses it.

    Many systems never send again what was refused; their payload waits for a correction.
    """
    try:
        yield
    except Rejected as error:
        item = keep_from_source(
            error,
            sender.source,
            sample=sample,
            at=ports.clock.now(),
            quarantine=ports.quarantine,
            message_id=sender.delivery,
        )
        observability.tell_quarantined([item])
        raise


@contextmanager
def kept_unread(ports: Ports, sender: Sender, call: http.Call) -> Iterator[None]:
    """Keep the body of a call if reading it within shows that it is no JSON and no form."""
    try:
        yield
    except Rejected as error:
        sample = body.as_text(call.event)
        if not sample:
            raise
        with kept(ports, sender, sample):
            raise error from None
