"""The workspace's policy: written by few, each version kept, in force at the next look."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product

from signet.domain import law
from signet.domain.hours import next_opening
from signet.domain.policy import Policy, PolicyDraft
from signet.domain.principal import Principal
from signet.domain.request import Unprocessable
from signet.errors import FieldError, Missing
from signet.ports import Catalog, Clock
from signet.usecases.views import View

# A message has to get through render and deliver while its window is open.
SHORTEST_WINDOW = timedelta(minutes=15)
# Any week shows whether hours open at all; none of this one's clocks jumps.
A_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


class PolicyView(View):
    """A policy as it is shown; version 0 is what holds before anybody wrote one."""

    version: int
    written_at: datetime | None
    written_by: str
    policy: PolicyDraft


def find(workspace: str, version: int | None, *, catalog: Catalog) -> PolicyView:
    """
    Read the policy in force, or a version of it.

    Raises:
        Missing: There is no such version.
    """
    found = catalog.policy(workspace, version)
    if found is None and version:
        raise Missing("there is no such version")
    return show(found or Policy(workspace=workspace))


def put(
    draft: PolicyDraft, *, principal: Principal, known: PolicyView, catalog: Catalog, clock: Clock
) -> PolicyView:
    """
    Write a policy as the version after the one that was read.

    Effects: catalog.
    Idempotent: the same policy twice is one version.

    Raises:
        Unprocessable: It names a zone, topic, template or version of the law that is not there.
        Conflict: Somebody else wrote it in between.
    """
    faults = tuple(_faults(draft, principal.workspace, catalog))
    if faults:
        raise Unprocessable(f"{faults[0].field}: {faults[0].message}", faults)
    if known.version and known.policy == draft:
        return known
    written = Policy(
        workspace=principal.workspace,
        version=known.version + 1,
        draft=draft,
        written_at=clock.now(),
        written_by=principal.key_id or principal.role,
    )
    catalog.save_policy(written)
    return show(written)


def show(policy: Policy) -> PolicyView:
    """Show a policy."""
    return PolicyView(
        version=policy.version,
        written_at=policy.written_at,
        written_by=policy.written_by,
        policy=policy.draft,
    )


def _faults(draft: PolicyDraft, workspace: str, catalog: Catalog) -> Iterator[FieldError]:
    """Find what the draft names that is not there."""
    if draft.jurisdictions is not None and not law.known(draft.jurisdictions):
        fault = f"must be a version of the legal rules: {', '.join(law.versions())}"
        yield FieldError("jurisdictions", fault)
    yield from _unknown_topics(draft)
    yield from _repeated_days(draft)
    yield from _hardly_open(draft)
    asks = draft.double_opt_in
    if asks is not None:
        head = catalog.template(workspace, asks.template)
        if head is None or head.active is None:
            yield FieldError("double_opt_in.template", "there is no active template of this name")


def _unknown_topics(draft: PolicyDraft) -> Iterator[FieldError]:
    named = Counter(topic.topic for topic in draft.topics)
    for place, topic in enumerate(draft.topics):
        if named[topic.topic] > 1:
            yield FieldError(f"topics.{place}.topic", "is there twice")
    for field in ("caps", "quiet_hours", "send_windows"):
        for place, part in enumerate(getattr(draft, field)):
            if part.topic is not None and part.topic not in named:
                yield FieldError(f"{field}.{place}.topic", "is none of the policy's topics")


def _repeated_days(draft: PolicyDraft) -> Iterator[FieldError]:
    for field in ("quiet_hours", "send_windows"):
        for place, hours in enumerate(getattr(draft, field)):
            if len(set(hours.days)) < len(hours.days):
                yield FieldError(f"{field}.{place}.days", "names a day twice")


def _hardly_open(draft: PolicyDraft) -> Iterator[FieldError]:
    """Find windows that close before a message is through, and hours that never open."""
    for place, window in enumerate(draft.send_windows):
        if window.length < SHORTEST_WINDOW:
            yield FieldError(f"send_windows.{place}.end", "must be 15 minutes or more after start")
    topics = (None, *(topic.topic for topic in draft.topics))
    for channel, topic in product(("email", "sms"), topics):
        closed, windows = (
            tuple(hours for hours in part if hours.concerns(channel, topic))
            for part in (draft.quiet_hours, draft.send_windows)
        )
        if next_opening(closed, windows, zones=("Etc/UTC",), at=A_MONDAY) is None:
            yield FieldError("quiet_hours", f"leave no hour open for {topic or channel}")
            return
