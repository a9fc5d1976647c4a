"""What a registered source sent and is no JSON and no form is refused, and kept all the same."""

from collections.abc import Iterator
from contextlib import contextmanager

from signet.domain.source import Arrival, Source
from signet.errors import Rejected
from signet.ports import Quarantine
from signet.runtime import body, http
from signet.usecases.quarantine import keep_from_source


@contextmanager
def kept(
    source: Source, arrival: Arrival, call: http.Call, *, quarantine: Quarantine
) -> Iterator[None]:
    """
    Keep the body of a call, as text, if reading it within shows that it is no JSON and no form.

    Many systems never send again what was refused; their payload waits for a correction.
    """
    try:
        yield
    except Rejected as error:
        sample = body.as_text(call.event)
        if sample:
            keep_from_source(error, source, sample=sample, arrival=arrival, quarantine=quarantine)
        raise
