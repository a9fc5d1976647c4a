"""Where work is done in the simulator: the desk of deliver, and the clerk of preprocess."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from signet.adapters.dynamodb.caps import DynamoCaps
from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.pacer import DynamoPacer
from signet.usecases.deliver import Desk
from signet.usecases.look import Lookout
from signet.usecases.ruling import Clerk
from tests.clerks import clerk

if TYPE_CHECKING:
    from tests.simulator.shelf import Shelf


SENDER = "Signet <hello@example.org>"
# The ports of pairs and merges, as admin has them.
LINKAGE: dict[str, Callable[["Shelf"], Any]] = {
    "duplicates": lambda shelf: DynamoDuplicates(shelf.profiles_table),
    "merges": lambda shelf: DynamoMerges(shelf.profiles_table, shelf.sealer),
}


def clerk_of(shelf: "Shelf") -> Clerk:
    """Make the clerk of preprocess."""
    again = shelf.queue("preprocess")
    return clerk(shelf.profiles_table, shelf.sealer, clock=shelf.clock, again=again)


def desk_of(shelf: "Shelf") -> Desk:
    """Make the desk of deliver."""
    return Desk(
        ledger=shelf.ledger,
        lookout=Lookout(
            permissions=shelf.permissions,
            gates=shelf.gates,
            caps=DynamoCaps(shelf.profiles_table),
        ),
        mailer=shelf.mailer,
        pacer=DynamoPacer(shelf.events_table, "ses", clock=shelf.clock, quota=shelf.mailer.quota),
        objects=shelf.content,
        queue=shelf.queue("deliver"),
        sealer=shelf.sealer,
        clock=shelf.clock,
        random=shelf.random,
        sender=SENDER,
    )
