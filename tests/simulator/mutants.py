"""
Guards, taken away one at a time: the simulator is awake if it notices.

Each mutant replaces something by a version without one guard. A guard that another one backs up is
also tried together with that one.
"""

from datetime import timedelta

from functions.report import wiring as report_wiring
from functions.upkeep import wiring as upkeep_wiring
from signet.adapters.dynamodb import counters, due_rows, ledger, message_row
from signet.adapters.dynamodb.caps import DynamoCaps
from signet.adapters.dynamodb.counters import DynamoCounters
from signet.adapters.dynamodb.dead_letters import DynamoDeadLetterRows
from signet.adapters.dynamodb.gates import DynamoGates
from signet.adapters.dynamodb.ledger import DynamoLedger
from signet.adapters.dynamodb.permissions import DynamoPermissions
from signet.adapters.memory.catalog import MemoryCatalog
from signet.runtime import batch
from signet.usecases import (
    campaigns,
    deliver,
    doubt,
    ingest,
    look,
    planning,
    preprocess,
    redrive,
    restore,
    settle,
    transactional,
    upkeep,
)
from tests.simulator import broken, broken_rules, broken_sending, remote
from tests.simulator.mutant import Mutant
from tests.simulator.mutants_intake import INTAKE_MUTANTS
from tests.simulator.mutants_rules import RULES_MUTANTS

RESTORE, BUG = frozenset({"restore"}), frozenset({"bug"})
CAPPED = frozenset({"capped"})
ASSURED, MINDS = frozenset({"assured", "silence"}), frozenset({"minds"})
MUTANTS: tuple[Mutant, ...] = (
    Mutant("the claim has no condition", ((ledger, "claiming", broken.unconditional),)),
    Mutant(
        "consent is not looked at after the claim",
        ((look, "asked_of", broken_rules.without("consent")),),
        backed_by="its basis is not looked at after the claim",
    ),
    Mutant(
        "its basis is not looked at after the claim",
        ((look, "asked_of", broken_rules.without("basis")),),
        backed_by="consent is not looked at after the claim",
    ),
    Mutant(
        "suppression is not looked at after the claim",
        ((look, "asked_of", broken_rules.without("suppression")),),
    ),
    Mutant("gate and campaign are not looked at", ((look, "passes", broken.always(())),)),
    Mutant(
        "the look comes before the claim",
        ((deliver, "_deliver_lot", broken_sending.look_first),),
        needs=MINDS,
        rate=0.05,
    ),
    Mutant(
        "caps are not looked at after the claim",
        ((look, "_capped", broken.always(())),),
        needs=CAPPED,
    ),
    Mutant(
        "a place under a cap is taken without a condition",
        ((DynamoCaps, "reserve", broken_sending.unconditional_place),),
        needs=CAPPED,
    ),
    Mutant("the gate is read once per container", ((DynamoGates, "look", broken.cached),)),
    Mutant(
        "a lost answer is taken for a refusal",
        ((deliver, "_hand_over", broken_sending.doubt_is_refusal),),
    ),
    Mutant("the SDK repeats sends", ((remote.RemoteMailer, "send", broken_sending.repeating),)),
    Mutant(
        "a lapsed claim is taken over",
        (
            (deliver, "doubt_when_lapsed", broken_sending.taken_over),
            (upkeep, "doubt_when_lapsed", broken_sending.taken_over),
        ),
    ),
    Mutant("class once is repeated", ((upkeep, "resolve", broken_sending.as_assured),)),
    Mutant(
        "not_after is looked at when it is planned only",
        (
            (deliver, "too_late", broken.always(False)),
            (upkeep, "too_late", broken.always(False)),
        ),
        rate=0.03,
    ),
    Mutant(
        "first looks are soon",
        ((planning, "next_look", broken.soon), (transactional, "next_look", broken.soon)),
        backed_by="first looks are read once",
    ),
    Mutant(
        "first looks are read once",
        ((due_rows, "READERS", lambda real: {"soon": real["soon"]}),),
        backed_by="first looks are soon",
    ),
    Mutant(
        "class assured is repeated for ever",
        ((doubt, "MOST_HAND_OVERS", lambda _real: 99),),
        needs=ASSURED | {"late faults"},
        rate=0.03,
    ),
    Mutant(
        "a doubt is ended without evidence",
        (
            (upkeep.canary, "send", broken.always(False)),
            (upkeep, "_heard_since", broken.always(True)),
        ),
        needs=ASSURED,
        rate=0.03,
    ),
    Mutant(
        "a doubt is ended at once",
        (
            (deliver, "doubt_ends", lambda _r: lambda at, _class: at - timedelta(hours=1)),
            (doubt, "doubt_ends", lambda _r: lambda at, _class: at - timedelta(hours=1)),
        ),
        needs=ASSURED,
        backed_by="a doubt is ended without evidence",
        rate=0.03,
    ),
    Mutant("moves have no fence", ((ledger, "stepping", broken_sending.unfenced),)),
    Mutant("upkeep sends nothing on", ((upkeep, "_send_on", broken.always(0)),)),
    Mutant(
        "upkeep doubts no claim",
        ((upkeep, "doubt_when_lapsed", broken.always(False)),),
        backed_by="deliver doubts no claim",
    ),
    Mutant(
        "deliver doubts no claim",
        ((deliver, "doubt_when_lapsed", broken.always(False)),),
        backed_by="upkeep doubts no claim",
    ),
    Mutant(
        "planned messages are not due",
        ((ledger, "planned", lambda real: lambda m: real(m.model_copy(update={"due_at": None}))),),
    ),
    Mutant(
        "no look is taken after the first",
        ((message_row, "due_partitions", broken.always([])),),
    ),
    Mutant("held messages are not due", ((ledger, "stepping", broken.undated("held")),)),
    Mutant("messages in doubt are not due", ((ledger, "stepping", broken.undated("in_doubt")),)),
    Mutant("the event's row is written first", ((preprocess, "_apply_once", broken.event_first),)),
    Mutant("message ids are drawn", ((planning, "message_id", broken.drawn_ids),)),
    Mutant(
        "a planned row is written over",
        ((DynamoLedger, "plan", lambda _r: lambda self, m: self._table.put(ledger.row(m))),),
    ),
    Mutant(
        "no work is sent for a row that is there",
        ((planning.Planner, "_triggered", broken.new_only),),
        backed_by="upkeep sends nothing on",
    ),
    Mutant("the fold has no checkpoint to hold on to", ((counters, "_checkpoint", broken.loose),)),
    Mutant("counters and checkpoint are written apart", ((DynamoCounters, "fold", broken.apart),)),
    Mutant("what was folded is folded again", ((report_wiring, "fold", broken.forgetful),)),
    Mutant(
        "a failing batch of the stream is skipped", ((report_wiring, "_fold", broken.skipping),)
    ),
    Mutant("any report moves a message", ((settle, "settles", broken.always(True)),)),
    Mutant(
        "an older clock's word is refused",
        ((DynamoPermissions, "record_consent", broken.first_word),),
    ),
    Mutant(
        "consent is acknowledged before it is written",
        ((DynamoPermissions, "record_consent", broken.forgiving),),
    ),
    Mutant(
        "suppression is acknowledged before it is written",
        ((DynamoPermissions, "suppress", broken.forgiving),),
    ),
    Mutant(
        "a pause is acknowledged before it is written",
        ((MemoryCatalog, "save_campaign", broken.forgiving),),
        rate=0.05,
    ),
    Mutant(
        "events are acknowledged before they are queued", ((ingest, "accept", broken.forgiving),)
    ),
    Mutant(
        "a message is acknowledged before its row is there",
        ((DynamoLedger, "plan", broken.promised),),
        rate=0.05,
    ),
    Mutant("failed records are forgotten", ((batch, "_one", broken.swallowed),)),
    Mutant(
        "a queue's partial refusal is overlooked", ((remote.RemoteQueue, "send", broken.partly),)
    ),
    Mutant(
        "dead letters are not kept",
        ((DynamoDeadLetterRows, "add", broken.always(None)),),
        needs=BUG,
    ),
    Mutant(
        "a letter goes off the list before it is sent",
        ((redrive, "redrive", broken.gone_first),),
        needs=BUG | {"late faults"},
        rate=0.05,
    ),
    Mutant("a backup heals by itself", ((upkeep_wiring, "beat", broken.healing),), needs=RESTORE),
    Mutant(
        "the gates open without a replay",
        ((upkeep_wiring, "replay", broken.opened),),
        needs=RESTORE,
    ),
    Mutant(
        "a replay opens no gate",
        ((restore, "_open", broken.always(None)),),
        needs=RESTORE,
    ),
    Mutant(
        "a replay believes the later row", ((ledger, "tells_more", broken.by_time),), needs=RESTORE
    ),
    Mutant(
        "a resume walks no message",
        ((campaigns, "_walked", lambda _r: lambda c, *_: c),),
        backed_by="upkeep sends nothing on",
    ),
    *INTAKE_MUTANTS,
    *RULES_MUTANTS,
)
BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
