"""Who looks for duplicates, over one table, wherever preprocess is tested."""

from typing import Any

from signet.adapters.dynamodb.duplicates import DynamoDuplicates
from signet.adapters.dynamodb.merges import DynamoMerges
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.dynamodb.profiles import DynamoProfiles
from signet.ports import Clock, Sealer, WorkQueue
from signet.usecases.duplicates import Finder
from signet.usecases.kinship import Office
from signet.usecases.ruling import Clerk


def clerk(table: Any, sealer: Sealer, *, clock: Clock, again: WorkQueue) -> Clerk:
    """Make a clerk who tells the timelines by a queue."""
    duplicates = DynamoDuplicates(table)
    return Clerk(
        finder=Finder(DynamoProfiles(table, sealer), duplicates, sealer, clock),
        office=Office(
            merges=DynamoMerges(table, sealer),
            duplicates=duplicates,
            permissions=DynamoPermissions(table, sealer),
            clock=clock,
            tell=lambda work: again.send([work]),
        ),
    )
