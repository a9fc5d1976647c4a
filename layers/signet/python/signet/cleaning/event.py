"""Events before identity: identifiers in the form under which they are looked up."""

from signet.cleaning import phone
from signet.domain.events import Event, Identifiers

# Where a source writes which country its phone numbers are from.
REGION = "region"


def region_of(event: Event) -> str | None:
    """Give the region that an event's phone numbers without a country's code are from."""
    return phone.known_region(event.context.get(REGION))


def cleaned(event: Event) -> Event:
    """
    Give an event its phone identifier in international form; everything else stays.

    An address is kept as it was written, because mail is sent to it; so are all traits, and what
    is no phone number. Idempotent.
    """
    written = event.identifiers.phone
    if written is None:
        return event
    found = phone.international(written, region=region_of(event))
    if found is None or found == written:
        return event
    kept = event.identifiers.model_dump(exclude={"phone"})
    return event.model_copy(update={"identifiers": Identifiers(**kept, phone=found)})
