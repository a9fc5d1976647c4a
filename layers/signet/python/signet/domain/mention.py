"""What people post in public and somebody watches for: CloudEvents of ours to fill."""

from typing import Any

from signet.domain import calls, cloudevent
from signet.domain.address import is_mailbox
from signet.domain.events import Properties
from signet.domain.heard import Feedback, Heard, named, text
from signet.errors import Rejected

TYPE = "social.mention.created"


def heard(envelope: dict[str, Any]) -> list[Heard]:
    """
    Read one mention: the detail is the whole CloudEvent.

    Its data holds `network`, `text`, and an `author` with a `handle`; an `email` or `external_id`
    of the author says more, where it is known.

    Raises:
        Rejected: The envelope or the author is not complete.
    """
    cloudevent.demand_attributes(envelope)
    data = named(envelope.get("data"))
    author = named(data.get("author"))
    network, handle = text(data.get("network")), text(author.get("handle"))
    if network is None or handle is None:
        raise Rejected.field("data.author.handle", "must be there, and data.network")
    said = text(data.get("text"))
    name = text(author.get("name"))
    traits: Properties = {f"{network}_handle": handle}
    known = {"anonymous_id": f"{network}:{handle.removeprefix('@')}"}
    known |= {kind: value for kind in ("external_id", "phone") if (value := text(author.get(kind)))}
    if is_mailbox(email := author.get("email")):
        known["email"] = str(email)
    return [
        Heard(
            id=f"{envelope['source']}:{envelope['id']}",
            at=calls.moment(envelope.get("time")),
            event="Mentioned",
            identifiers=known,
            traits=traits | ({"display_name": name} if name else {}),
            properties=data,
            feedback=Feedback(text=said, kind="post") if said else None,
        )
    ]
