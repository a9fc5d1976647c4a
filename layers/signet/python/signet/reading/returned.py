"""
Bounces and complaints that come as mails: RFC 3464, RFC 5965, and older forms.

Only the outermost form of a mail counts. Whoever forwards a bounce, quotes one, or has a machine
answer that they are away, sends something that holds the words of a bounce and is none. From
those who report, a delivery report counts in a container of any kind.
"""

import re
from email.message import EmailMessage

from signet.errors import Rejected
from signet.reading import mail as mails
from signet.reading.older_bounces import read_older
from signet.reading.report_fields import (
    MOST_RECIPIENTS,
    Entry,
    Returned,
    codes_in,
    fields_of,
    original,
    says_gone,
    typed,
)
from signet.reading.reporters import is_daemon, is_reporter

_BLAMES = frozenset({"abuse", "fraud", "opt-out"})


def read(mail: EmailMessage) -> Returned | None:
    """
    Read a mail that has come back, or a complaint about one.

    Returns:
        None for a mail that is neither.

    Raises:
        Rejected: It is one by its looks, and cannot be read as any.
    """
    texts = {part.get_content_type(): part for part in reversed(list(mails.parts(mail)))}
    is_report = mail.get_content_type() == "multipart/report"
    if is_report or is_reporter(mail):
        for kind in ("text/delivery-status", "text/global-delivery-status"):
            if kind in texts:
                return _delivery_report(mail, mails.text_of(texts[kind]))
    if is_report and "text/feedback-report" in texts:
        return _complaint(mail, mails.text_of(texts["text/feedback-report"]))
    if is_report and "text/disposition-notification" in texts and not is_daemon(mail):
        return None
    return read_older(mail)


def _delivery_report(mail: EmailMessage, report: str) -> Returned:
    blocks = [fields_of(block) for block in re.split(r"\n[ \t]*\n", report.strip(), maxsplit=200)]
    found = [entry for block in blocks if (entry := _entry(block)) is not None]
    if not 0 < len(found) <= MOST_RECIPIENTS:
        raise Rejected("the delivery report tells of no recipient who did not get the mail")
    return Returned(tuple(found), *original(mail))


def _entry(fields: dict[str, str]) -> Entry | None:
    # Some add in brackets what they mean.
    action = fields.get("action", "").lower().partition("(")[0].strip()
    status = fields.get("status", "")
    if action not in {"failed", "delayed"}:
        return None
    addresses = (typed(fields.get(name, "")) for name in ("original-recipient", "final-recipient"))
    code = next(iter(codes_in(status)), "")
    said = fields.get("diagnostic-code", "")
    return Entry(
        addresses=tuple(dict.fromkeys(one for one in addresses if one)),
        outcome="bounced" if action == "failed" else "delayed",
        gone=action == "failed" and _is_gone(code, said),
        detail=f"{action} {code}".strip(),
    )


def _is_gone(code: str, said: str) -> bool:
    """Judge by the status; where it is a general one, by the remote end's own in its answer."""
    if not code.startswith("5"):
        return False
    return says_gone(said if code.endswith(".0") else code)


def _complaint(mail: EmailMessage, report: str) -> Returned:
    fields = fields_of(report)
    kind = fields.get("feedback-type", "").lower()
    if kind not in _BLAMES:
        raise Rejected(f"the feedback report is no complaint: {kind[:50] or 'it has no type'}")
    named = typed(fields.get("original-rcpt-to", ""))
    entry = Entry((named,) if named else (), "complained", detail=f"feedback report {kind}")
    return Returned((entry,), *original(mail))
