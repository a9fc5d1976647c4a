"""Count bounces and complaints against an address, and suppress it where the policy says so."""

from collections.abc import Sequence

from signet.domain.message import Message
from signet.domain.policy import REACTIONS, Occasion, Policy, Reaction
from signet.domain.provider_event import ProviderEvent
from signet.domain.suppression import REASONS, Strike, Suppression, reached
from signet.ports import PolicyReader, SuppressionStore, Tally

# So many are kept even where fewer make too many: an operator may ask for more one day.
FEWEST_KEPT = 10


def strike(
    event: ProviderEvent,
    message: Message,
    *,
    suppressions: SuppressionStore,
    policies: PolicyReader,
) -> None:
    """
    Count a bounce or a complaint against the address of its message.

    Effects: policies (read), suppressions.
    Idempotent: by the message and the occasion; what is suppressed already stays as it is.

    Raises:
        Transient: Others counted again and again.
    """
    occasion, handle = event.occasion, message.mailbox or message.recipient
    if occasion is None or not handle:
        return
    wanted = _reactions(occasion, policies.policy(event.workspace))
    if not wanted:
        return
    found = Suppression(
        handle=handle, channel=message.channel, reason=REASONS[occasion], at=event.at
    )
    tally = Tally(
        occasion=occasion,
        strike=Strike(message_id=message.id, at=event.at),
        most=max(FEWEST_KEPT, *(reaction.after for reaction in wanted)),
        then=lambda strikes: _consequences(strikes, wanted, found, topic=message.topic),
    )
    suppressions.count(event.workspace, handle, tally)


def _reactions(occasion: Occasion, policy: Policy | None) -> list[Reaction]:
    written = REACTIONS if policy is None else policy.draft.reactions
    return [reaction for reaction in written if reaction.on == occasion]


def _consequences(
    strikes: Sequence[Strike],
    reactions: Sequence[Reaction],
    found: Suppression,
    *,
    topic: str | None,
) -> list[Suppression]:
    """Give what strikes make of an address; a service message has no topic to spare."""
    made = []
    for reaction in reactions:
        if reaction.scope is None:
            continue
        if reached(strikes, after=reaction.after, within=reaction.within):
            of_topic = reaction.scope == "topic" and topic is not None
            scope = "address" if reaction.scope == "topic" and topic is None else reaction.scope
            named = {"scope": scope, "topic": topic if of_topic else None}
            made.append(found.model_copy(update=named))
    return made
