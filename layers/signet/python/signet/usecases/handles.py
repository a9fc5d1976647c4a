"""The handles under which the addresses of a person may be suppressed."""

from collections.abc import Iterator
from dataclasses import dataclass

from signet.cleaning import phone
from signet.domain.address import normal, untagged
from signet.domain.profile import Profile
from signet.ports import Sealer

# With so many, the looks of a lot of mails still fit into one read of a hundred rows.
MOST_OTHERS = 16
# Which kind of identifier the addresses of a channel are.
KINDS = {"email": "email", "sms": "phone", "voice": "phone"}


@dataclass(frozen=True, slots=True)
class Handles:
    """
    The handles of an address that is to be written to, and of whoever owns it.

    Args:
        recipient: Of the address.
        mailbox: Of the address without its tag; empty where it has none.
        also: Of the person's other addresses, whatever the channel.
    """

    recipient: str
    mailbox: str = ""
    also: tuple[str, ...] = ()

    @property
    def own(self) -> frozenset[str]:
        """The handles under which the address itself may be suppressed."""
        return frozenset(handle for handle in (self.recipient, self.mailbox) if handle)

    @property
    def known(self) -> tuple[str, ...]:
        """All handles, each once."""
        return tuple(dict.fromkeys(h for h in (self.recipient, self.mailbox, *self.also) if h))


def handles_of(address: str, person: Profile | None, *, workspace: str, sealer: Sealer) -> Handles:
    """
    Give the handles that a look before a mail to an address has to ask for.

    Args:
        address: Where the mail goes to.
        person: Whose it is, if anybody is known.
        workspace: The workspace.
        sealer: Its keys.
    """
    form, plain = normal(address), untagged(address)
    others = [
        place for place in _places(person) if place not in {("email", form), ("email", plain)}
    ]
    return Handles(
        recipient=sealer.handle(workspace, "email", form),
        mailbox=sealer.handle(workspace, "email", plain) if plain != form else "",
        also=tuple(sealer.handle(workspace, *place) for place in others[:MOST_OTHERS]),
    )


def suppressed_as(channel: str, address: str, *, workspace: str, sealer: Sealer) -> list[str]:
    """
    Give the handles under which an address may be suppressed.

    The first is the one under which it is; another may be older, or of one tag only.
    """
    if KINDS[channel] == "phone":
        return [sealer.handle(workspace, "phone", phone.matching(address))]
    forms = dict.fromkeys((untagged(address), normal(address)))
    return [sealer.handle(workspace, "email", form) for form in forms]


def _places(person: Profile | None) -> Iterator[tuple[str, str]]:
    """Give the forms under which what reaches beyond one address is suppressed, each once."""
    known = person.identifiers if person is not None else {}
    emails = (("email", untagged(value)) for value in known.get("email", ()))
    phones = (("phone", phone.matching(value)) for value in known.get("phone", ()))
    yield from dict.fromkeys((*emails, *phones))
