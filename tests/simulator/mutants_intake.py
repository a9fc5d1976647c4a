"""The guards of intake, taken away one at a time."""

from signet.adapters.dynamodb.quarantine import DynamoQuarantine
from signet.domain import events, lineage, profile
from signet.usecases import identity, ingest, preprocess
from tests.simulator import broken, broken_intake
from tests.simulator.mutant import Mutant

INTAKE = frozenset({"intake"})
RUSH = INTAKE | {"rush", "alone"}
INTAKE_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "a late event overwrites",
        ((profile, "_newer_traits", broken_intake.last_word),),
        needs=INTAKE,
    ),
    Mutant(
        "trust is ignored",
        (
            (profile.Trait, "rank", broken_intake.untrusting),
            (lineage.Origin, "rank", broken_intake.untrusting),
        ),
        needs=INTAKE,
    ),
    Mutant(
        "an event that is received again is another one",
        ((events.Event, "key", broken_intake.by_receipt),),
        needs=INTAKE,
    ),
    Mutant(
        "each try of a call tells its own time",
        ((preprocess, "as_first_told", broken_intake.as_heard),),
        needs=RUSH,
        backed_by="a try that was cut off leaves lineage behind",
        rate=0.05,
    ),
    Mutant(
        "a try that was cut off leaves lineage behind",
        ((preprocess, "retrace", broken.always(None)),),
        needs=RUSH,
        backed_by="each try of a call tells its own time",
        rate=0.05,
    ),
    Mutant(
        "a race for an address is lost unseen",
        ((identity.Directory, "link", broken_intake.slower),),
        needs=RUSH,
        rate=0.05,
    ),
    Mutant(
        "lineage forgets the runner-up",
        ((lineage, "_with", broken_intake.without_runner_up),),
        needs=INTAKE,
    ),
    Mutant(
        "lineage is written after the event's row",
        (
            (preprocess, "trace", broken_intake.put_off),
            (preprocess, "_apply_once", broken_intake.traced_last),
        ),
        needs=INTAKE,
    ),
    Mutant(
        "a profile is written over whatever stands there",
        (broken_intake.PROFILE, broken_intake.PROFILES),
        needs=RUSH,
    ),
    Mutant(
        "a lineage is written over whatever stands there",
        (broken_intake.LINEAGE, broken_intake.LINEAGES),
        needs=RUSH,
    ),
    Mutant(
        "calls of a batch that nobody can read are left out",
        ((ingest, "bad_calls", broken.always([])),),
        needs=INTAKE,
    ),
    Mutant(
        "what a source sends and nobody can read is refused and not kept",
        ((ingest, "unread_items", broken.always([])),),
        needs=INTAKE,
    ),
    Mutant(
        "calls are acknowledged before they are in quarantine",
        ((DynamoQuarantine, "add", broken.forgiving),),
        needs=INTAKE,
    ),
)
