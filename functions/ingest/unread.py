"""What a registered source sent and nobody could read is refused, and kept all the same."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from functions.ingest.ports import Ports
from signet.domain.source import Source
from signet.errors import Missing, Rejected
from signet.runtime import body, http, observability
from signet.usecases.quarantine import keep_from_source


@contextmanager
def kept(ports: Ports, source: Source, sample: object) -> Iterator[None]:
    """
    Keep a payload if what is done within refuses it.

    Many systems never send again what was refused; their payload waits for a correction.
    """
    try:
        yield
    except Rejected as error:
        _keep(ports, source, error, sample=sample)
        raise


@contextmanager
def kept_unread(ports: Ports, call: http.Call, caller: Callable[[], Source]) -> Iterator[None]:
    """
    Keep the body of a call that is no JSON and no form, if we know whose it is.

    Args:
        ports: The ports of the function.
        call: The call.
        caller: Gives the source, or raises where the call proves none.
    """
    try:
        yield
    except Rejected as error:
        sample = body.as_text(call.event)
        try:
            source = caller()
        except (Missing, Rejected):
            raise error from None
        if sample:
            _keep(ports, source, error, sample=sample)
        raise


def _keep(ports: Ports, source: Source, error: Rejected, *, sample: object) -> None:
    item = keep_from_source(
        error, source, sample=sample, at=ports.clock.now(), quarantine=ports.quarantine
    )
    observability.tell_quarantined([item])
