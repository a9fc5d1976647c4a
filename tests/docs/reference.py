"""The reference pages that are written by the code: settings, errors, event types."""

import importlib
import inspect
from collections import defaultdict

from signet import errors as tree
from signet.domain import calls
from signet.domain import events as kinds
from signet.runtime import http
from signet.runtime.settings import Settings

FUNCTIONS = ("ingest", "preprocess", "render", "deliver", "report", "admin", "upkeep")
GENERATED = "This page is written by `python -m tests.docs.generate write`; a test compares it.\n"
MEANING = {
    "bus_name": "The bus that facts are published on.",
    "catalog_table": "The table of what operators write: templates, campaigns, sources.",
    "configuration_set": "The SES configuration set whose events come back to `report`.",
    "content_bucket": "The bucket of template texts and of mails too large for a queue.",
    "dead_letters_url": "The dead-letter queue of the function's own queue.",
    "deliver_queue_url": "The queue of rendered messages.",
    "events_table": "The table of timelines, messages, counters and dead letters.",
    "feedback_bucket": "The bucket of what people said: reviews, answers, notes, replies.",
    "idempotency_table": "The table of answers to repeated POSTs.",
    "intake_bucket": "The bucket of imported files and inbound mails, as they arrived.",
    "lake_bucket": "The bucket of transitions and raw provider events.",
    "preprocess_queue_url": "The queue of accepted events.",
    "profiles_table": "The table of people, their handles, consents and suppressions.",
    "public_url": "Where people reach the HTTP API; links in mails begin with it.",
    "render_queue_url": "The queue of planned messages.",
    "report_queue_url": "The queue of provider events and engagement.",
    "secret_id": "The secret with the root key and the first callers' keys.",
    "sender": "The From address of every mail.",
    "upkeep_queue_url": "The queue of walks through the messages of a campaign, and of replays.",
}
TYPES = {
    "IDENTIFIED": "Somebody told us who a person is.",
    "TRACKED": "A person did something; `name` says what, and campaigns listen to it.",
    "PAGE_VIEWED": "A person looked at a page.",
    "SCREEN_VIEWED": "A person looked at a screen of an app.",
    "GROUP_JOINED": "A person joined a group.",
    "ALIASED": "An id of a person replaces another one.",
    "MESSAGE_REQUESTED": "A caller asked for a transactional message.",
    "CONSENT_GIVEN": "A person granted a consent; it is in force before this is written.",
    "MERGED": "Two profiles became one; it is in force before this is written.",
    "UNMERGED": "Two profiles that were one are two again; in the timeline of both.",
    "CONSIDERED": "A broadcast considers the person; only Signet says it.",
    "CONSENT_WITHDRAWN": "A person withdrew a consent, by a call or by one click.",
    "MAIL_RECEIVED": "A person wrote a mail to us.",
}
AT_A_QUEUE: tuple[tuple[type[Exception], str], ...] = (
    (tree.Duplicate, "done"),
    (tree.Permanent, "dead letter at once"),
    (Exception, "tried again, dead letter at the eighth receive"),
)


def settings() -> str:
    """Write the page of settings."""
    users: dict[str, list[str]] = defaultdict(list)
    for function in FUNCTIONS:
        wiring = importlib.import_module(f"functions.{function}.wiring")
        for field in _settings_of(wiring).model_fields:
            users[field].append(function)
    rows = [
        f"| `{field.upper()}` | {MEANING[field]} | {', '.join(users[field])} |"
        for field in sorted(users)
    ]
    return _page(
        "Settings",
        "Each function reads its settings from the environment once per cold start.",
        "All of them are required, and a function whose environment lacks one does not start.",
        "Where a default exists, the stack sets it.",
        table=["| variable | meaning | read by |", "|---|---|---|", *rows],
    )


def errors() -> str:
    """Write the page of errors."""
    rows = [
        f"| `{kind.__name__}` | {_parent(kind)} | {_sentence(kind)} | {_status(kind)} "
        f"| {_at_a_queue(kind)} |"
        for kind in _errors()
    ]
    return _page(
        "Errors",
        "Every error of ours says what the caller is to do next.",
        "Over HTTP it becomes a problem (`application/problem+json`) with this status.",
        "At a queue it decides what becomes of the record that raised it.",
        "A pack that raises anything but `Transient` or `Duplicate` is taken apart first.",
        table=["| error | is a | means | HTTP | at a queue |", "|---|---|---|---|---|", *rows],
    )


def events() -> str:
    """Write the page of event types."""
    asked = {kind: f"`{call}`" for call, kind in calls.TYPES.items()}
    constants = {n: v for n, v in vars(kinds).items() if n.isupper() and isinstance(v, str)}
    rows = [
        f"| `{value}` | {TYPES[name]} | {asked.get(value, '')} |"
        for name, value in constants.items()
    ]
    return _page(
        "Event types",
        "An event of another system keeps the type that its CloudEvent has.",
        "An event's schema is [event.json](../../events/schemas/event.json).",
        "A type without a call is not sent by Segment clients.",
        table=["| type | means | Segment call |", "|---|---|---|", *rows],
    )


def _settings_of(wiring: object) -> type[Settings]:
    (found,) = (
        value
        for value in vars(wiring).values()
        if inspect.isclass(value) and issubclass(value, Settings) and value is not Settings
    )
    return found


def _errors() -> list[type[Exception]]:
    known = [*vars(tree).values(), *(kind for kind, _, _ in http.STATUS)]
    own = [kind for kind in known if inspect.isclass(kind) and issubclass(kind, tree.SignetError)]
    return list(dict.fromkeys(own))


def _parent(kind: type[Exception]) -> str:
    parent = kind.__bases__[0]
    return f"`{parent.__name__}`" if issubclass(parent, tree.SignetError) else ""


def _sentence(kind: type[Exception]) -> str:
    return next(line for line in (kind.__doc__ or "").splitlines() if line.strip()).strip()


def _status(kind: type[Exception]) -> str:
    if kind is tree.SignetError:
        return ""
    return str(next((s for known, s, _ in http.STATUS if issubclass(kind, known)), 500))


def _at_a_queue(kind: type[Exception]) -> str:
    if kind is tree.SignetError:
        return ""
    return next(fate for known, fate in AT_A_QUEUE if issubclass(kind, known))


def _page(title: str, *sentences: str, table: list[str]) -> str:
    return "\n".join([f"# {title}", "", *sentences, "", *table, "", GENERATED])
