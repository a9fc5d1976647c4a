"""Duplicates: pairs that may be one person, and what is decided about them."""

from typing import cast, get_args

from functions.admin.door import Asked, Reply, Route
from functions.admin.routes.merges import by, office
from signet.domain.duplicate import DuplicatePair, MergeRule, PairStatus, Zone
from signet.errors import Rejected
from signet.ports import Page
from signet.usecases import deciding, pair_views
from signet.usecases.pair_views import (
    AcceptRequest,
    DuplicateView,
    MergeView,
    RuleRequest,
)


def listed(asked: Asked) -> Reply:
    """List pairs that may be one person; those that wait for a decision, or of another status."""
    status = _one_of(asked, "status", (*get_args(PairStatus), "all"), usual="open")
    zone = _one_of(asked, "zone", (*get_args(Zone), "all"), usual="all")
    page = asked.ports.duplicates.page(
        asked.workspace,
        status=None if status == "all" else cast("PairStatus", status),
        zone=None if zone == "all" else cast("Zone", zone),
        limit=asked.limit(),
        position=asked.position(),
    )
    pairs = tuple(pair for pair in page.items if isinstance(pair, DuplicatePair))
    views = pair_views.shown(asked.workspace, pairs, profiles=asked.ports.profiles)
    return asked.page(Page(views, page.next_position), lambda view: view)


def got(asked: Asked) -> Reply:
    """Read a pair with its score, its reasons and both profiles."""
    return _pair(asked, _found(asked))


def accepted(asked: Asked) -> Reply:
    """Merge the two profiles of a pair; the one that was known first stays, or `into`."""
    wanted = asked.body(AcceptRequest) if asked.call.event.get("body") else AcceptRequest()
    made = deciding.accept(wanted, _found(asked), by=by(asked), office=office(asked))
    return Reply(pair_views.merge_view(made))


def rejected(asked: Asked) -> Reply:
    """Keep the two profiles of a pair apart for good."""
    return _pair(asked, deciding.reject(_found(asked), by=by(asked), office=office(asked)))


def rule_got(asked: Asked) -> Reply:
    """Tell whether pairs beyond doubt are merged by themselves."""
    return Reply(asked.ports.duplicates.rule(asked.workspace))


def rule_put(asked: Asked) -> Reply:
    """Let pairs beyond doubt be merged by themselves from now on, or no longer."""
    rule = MergeRule(
        merge=asked.body(RuleRequest).merge,
        changed_at=asked.ports.clock.now(),
        changed_by=by(asked),
    )
    asked.ports.duplicates.save_rule(asked.workspace, rule)
    return Reply(rule)


def _one_of(asked: Asked, name: str, known: tuple[str, ...], *, usual: str) -> str:
    said = asked.call.query.get(name, usual)
    if said not in known:
        raise Rejected.field(name, f"must be one of {', '.join(known)}")
    return said


def _found(asked: Asked) -> DuplicatePair:
    pair_id = asked.path["duplicate_id"]
    return deciding.find(asked.workspace, pair_id, duplicates=asked.ports.duplicates)


def _pair(asked: Asked, pair: DuplicatePair) -> Reply:
    return Reply(pair_views.shown(asked.workspace, (pair,), profiles=asked.ports.profiles)[0])


_LIST = "/v1/duplicates"
_ONE = f"{_LIST}/<duplicate_id>"
ROUTES = (
    Route("GET", _LIST, "duplicates.read", listed,
          gives=DuplicateView, listing=True, query=("status", "zone")),
    Route("GET", f"{_LIST}/rule", "duplicates.read", rule_got, gives=MergeRule),
    Route("PUT", f"{_LIST}/rule", "duplicates.rule", rule_put, reads=RuleRequest, gives=MergeRule),
    Route("GET", _ONE, "duplicates.read", got, gives=DuplicateView),
    Route("POST", f"{_ONE}/accept", "profiles.merge", accepted,
          reads=AcceptRequest, gives=MergeView, once=True),
    Route("POST", f"{_ONE}/reject", "profiles.merge", rejected, gives=DuplicateView),
)  # fmt: skip
