"""
Bounces and complaints that come as mails: RFC 3464, RFC 5965, and two older forms.

Only the outermost form of a mail counts. Whoever forwards a bounce, quotes one, or has a machine
answer that they are away, sends something that holds the words of a bounce and is none.
"""

import re
from email.message import EmailMessage

from signet.errors import Rejected
from signet.reading import mail as mails
from signet.reading.older_bounces import read_older
from signet.reading.report_fields import (
    OUR_HEADER,
    Entry,
    Returned,
    codes_in,
    fields_of,
    ids_in,
    says_gone,
    typed,
)

_BLAMES = frozenset({"abuse", "fraud", "opt-out"})
_MOST_RECIPIENTS = 50


def read(mail: EmailMessage) -> Returned | None:
    """
    Read a mail that has come back, or a complaint about one.

    Returns:
        None for a mail that is neither.

    Raises:
        Rejected: It is one by its looks, and cannot be read as any.
    """
    texts = {part.get_content_type(): part for part in reversed(list(mails.parts(mail)))}
    if mail.get_content_type() == "multipart/report":
        for kind in ("text/delivery-status", "text/global-delivery-status"):
            if kind in texts:
                return _delivery_report(mail, mails.text_of(texts[kind]))
        if "text/feedback-report" in texts:
            return _complaint(mail, mails.text_of(texts["text/feedback-report"]))
        if "text/disposition-notification" in texts:
            return None
    return read_older(mail)


def _delivery_report(mail: EmailMessage, report: str) -> Returned:
    blocks = [fields_of(block) for block in re.split(r"\n[ \t]*\n", report.strip(), maxsplit=200)]
    found = [entry for block in blocks if (entry := _entry(block)) is not None]
    if not 0 < len(found) <= _MOST_RECIPIENTS:
        raise Rejected("the delivery report tells of no recipient who did not get the mail")
    return Returned(tuple(found), *_original(mail))


def _entry(fields: dict[str, str]) -> Entry | None:
    action, status = fields.get("action", "").lower(), fields.get("status", "")
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
    return Returned((entry,), *_original(mail))


def _original(mail: EmailMessage) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the ids in the original mail, or in its headers alone, that a report carries."""
    for part in mails.parts(mail):
        inner = mails.carried(part)
        if inner is not None:
            ids = mails.message_ids(mails.header(inner, "Message-ID"))
            ours = mails.header(inner, OUR_HEADER)
            return tuple(ids), (ours,) if ours else ()
        if part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"}:
            return ids_in(fields_of(mails.text_of(part)))
    return (), ()
