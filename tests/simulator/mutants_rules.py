"""The guards of hours and of refusals, taken away one at a time."""

from functions.ingest.routes.links import consent as unsubscribing
from signet.adapters.dynamodb.gates import DynamoGates
from signet.adapters.memory.catalog import MemoryCatalog
from signet.domain import jurisdiction, permission
from signet.domain.consent import Consent
from signet.domain.suppression import Suppression
from signet.usecases import deliver, look, planning
from tests.simulator import broken, broken_rules
from tests.simulator.mutant import Mutant

RULED = frozenset({"ruled"})
BRINK, CLICKS = RULED | {"brink"}, RULED | {"clicks"}
RULES_MUTANTS: tuple[Mutant, ...] = (
    Mutant(
        "hours are not looked at after the claim",
        ((look, "asked_of", broken_rules.without("hours")),),
        needs=RULED,
    ),
    Mutant(
        "hours are read in UTC",
        ((jurisdiction, "_known_or_not", broken_rules.in_zones(lambda zones: zones and ("UTC",))),),
        needs=RULED,
    ),
    Mutant(
        "of several zones the first one decides",
        ((jurisdiction, "_known_or_not", broken_rules.in_zones(lambda zones: zones[:1])),),
        needs=RULED,
    ),
    Mutant(
        "who has no clock is written to at any hour",
        ((jurisdiction, "_known_or_not", broken_rules.in_zones(lambda zones: zones or ("UTC",))),),
        needs=RULED,
    ),
    Mutant(
        "hours open too early",
        ((jurisdiction, "next_opening", broken_rules.early),),
        needs=RULED,
    ),
    Mutant(
        "what waits for its hours is not due",
        (
            (planning.Planner, "_verdict", broken_rules.never_due),
            (deliver, "_waits_until", broken.always(None)),
        ),
        needs=RULED,
    ),
    Mutant(
        "the clock is not looked at again before the hand-over",
        ((deliver, "closing", broken.always(None)),),
        needs=BRINK,
        rate=0.01,
    ),
    Mutant(
        "the policy is read once per container",
        ((DynamoGates, "look", broken_rules.stale_policy),),
        needs=RULED,
    ),
    Mutant(
        "a policy is acknowledged before it is written",
        ((MemoryCatalog, "save_policy", broken.forgiving),),
        needs=BRINK,
        rate=0.05,
    ),
    Mutant(
        "another spelling is not looked up",
        ((deliver, "_considered", broken_rules.as_spelled),),
        needs=RULED,
    ),
    Mutant(
        "another address is not looked up",
        ((deliver, "_considered", broken_rules.alone),),
        needs=RULED,
    ),
    *(
        Mutant(
            f"a suppression of {reach} is overheard",
            ((Suppression, "concerns", broken_rules.deaf_to(scope)),),
            needs=RULED,
        )
        for scope, reach in (
            ("topic", "a topic"),
            ("channel", "a channel"),
            ("global", "everything"),
        )
    ),
    Mutant(
        "a consent that has ended is still good",
        ((Consent, "expired", broken.always(False)),),
        needs=RULED,
    ),
    Mutant(
        "a recipient's pause is not looked at",
        ((permission, "pause_rule", broken.always(None)),),
        needs=RULED,
    ),
    Mutant(
        "an unsubscribe is answered before it is written",
        ((unsubscribing, "unsubscribe", broken.forgiving),),
        needs=CLICKS,
        rate=0.05,
    ),
)
