"""Who writes bounces: daemons by their names, postmasters and nobody by their subjects."""

import re
from email.message import EmailMessage

from signet.reading import mail as mails

_DAEMONS = frozenset({"mailer-daemon", "mail-daemon", "mdaemon"})
_SUBJECTS = re.compile(
    r"undeliver|delivery (?:status|failure|has failed)|failure notice|returned mail"
    r"|mail delivery failed|delivery incomplete|unzustellbar"
    r"|failed mail|non-delivery|not (?:be )?delivered|delivery notification",
    re.IGNORECASE,
)


def is_daemon(mail: EmailMessage) -> bool:
    """Tell whether a mail's sender is a part of a mail system, as which no person writes."""
    return _sender(mail) in _DAEMONS


def is_reporter(mail: EmailMessage) -> bool:
    """Tell whether a mail's sender reports: a daemon, or a postmaster by the subject as well."""
    return is_daemon(mail) or (_sender(mail) == "postmaster" and _speaks_of_return(mail))


def seems_returned(mail: EmailMessage) -> bool:
    """Tell whether a mail that comes from nobody has the subject of a bounce."""
    back = mails.header(mail, "Return-Path")
    # Some systems write their own daemon where the envelope named nobody.
    nobody = bool(back) and _local(back) in _DAEMONS | {""}
    return (nobody or _sender(mail) == "") and _speaks_of_return(mail)


def _speaks_of_return(mail: EmailMessage) -> bool:
    """Look before the first colon; behind it stands another mail's subject, or the reason."""
    own = mails.header(mail, "Subject").partition(":")[0]
    return _SUBJECTS.search(own) is not None


def _sender(mail: EmailMessage) -> str | None:
    """Give the local part of the sender, empty for `<>`."""
    found = mails.addresses(mail, "From")
    return _local(found[0][1]) if found else None


def _local(address: str) -> str:
    return address.strip("<> ").partition("@")[0].lower()
