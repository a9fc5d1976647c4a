"""Bounces, complaints and what only looks like them, as different mail systems write them."""

from tests.functions.arrival_world import MESSAGE
from tests.unit.arrivals.writing import OURS, PLAIN_ID, beside, complaint, fields, report, text

QMAIL = f"""Hi. This is the qmail-send program at mx.example.org.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@example.org>:
192.0.2.7 does not like recipient.
Remote host said: 550 5.1.1 User unknown
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

{PLAIN_ID}
Hello Ada
"""
EXIM = f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@example.org
    SMTP error from remote mail server after RCPT TO:<ada@example.org>:
    550 5.1.1 <ada@example.org>: Recipient address rejected

------ This is a copy of the message, including all the headers. ------

{PLAIN_ID}
Hello Ada
"""
POSTFIX = """This is the Postfix program at mx.example.org.

A message of yours, which is returned below, did not arrive.

<ada@example.org>: host mx.example.org[192.0.2.7] said: 550 5.1.1
    <ada@example.org>... User unknown
"""
_MAILER = "MAILER-DAEMON@mx.example.org"
_DAEMON = {"From": _MAILER, "Return_Path": "<>"}
_POSTMASTER = {"From": "Postmaster <postmaster@mx.example.org>"}
_MIXED = 'multipart/mixed; boundary="b1"'
_TWO = (
    fields("5.1.1", final="rfc822; eve@example.org") + "\n" + fields("5.1.1").partition("\n\n")[2]
)
_HEADERS = "text/rfc822-headers"
_ABUSE = "Feedback-Type: abuse\nUser-Agent: SomeISP-FBL/1.0\nVersion: 1\n"

# Bounces for ever of the very address.
GONE: dict[str, bytes] = {
    "postfix, unknown user": report(fields("5.1.1")),
    "postfix, headers alone": report(fields("5.1.1"), kind=_HEADERS),
    "our own Message-ID": report(fields("5.1.1"), original=PLAIN_ID),
    "exchange, an address that is not": report(
        fields("5.1.10", said="smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound")
    ),
    "a mailbox that is disabled": report(fields("5.2.1", said="smtp; 550 5.2.1")),
    "a domain that takes no mail": report(fields("5.1.2", said="smtp; 5.1.2")),
    "a general status and a clear answer": report(fields("5.0.0")),
    "gmail, with a comment in the status": report(fields("5.1.1 (bad destination mailbox)")),
    "sendmail, folded": report(
        fields("5.1.1", said="SMTP; 550 5.1.1\n\t<ada@example.org>...\n\tUser unknown")
    ),
    "capitals and CRLF": report(
        fields("5.1.1", action="FAILED", final="RFC822;ADA@EXAMPLE.ORG")
    ).replace(b"\n", b"\r\n"),
    "no type before the address": report(fields("5.1.1", final="ada@example.org")),
    "in angle brackets": report(fields("5.1.1", final="rfc822;<ada@example.org>")),
    "behind a forwarding address, with the original one": report(
        fields("5.1.1", final="rfc822; x@other.example.org", original="rfc822;ada@example.org")
    ),
    "two recipients, ours second": report(_TWO),
    "internationalised": report(fields("5.1.1")).replace(b"message/del", b"message/global-del"),
    "no report-type": report(fields("5.1.1"), Content_Type='multipart/report; boundary="b1"'),
    "qmail": text(QMAIL, Subject="failure notice", **_DAEMON),
    "exim": text(EXIM, Subject="Mail failed", X_Failed_Recipients="ada@example.org", **_DAEMON),
    "exim, which answers by itself": text(
        EXIM, X_Failed_Recipients="ada@example.org", Auto_Submitted="auto-replied", **_DAEMON
    ),
    "qmail in other words": text(
        QMAIL.partition("\n")[2].replace("I'm afraid", "Es tut uns leid,"), **_DAEMON
    ),
    "qmail's postmaster": text(QMAIL, Subject="failure notice", **_POSTMASTER),
    "postfix from before reports": beside(POSTFIX, **_DAEMON),
    "a report in a container of another kind": report(fields("5.1.1"), Content_Type=_MIXED),
    "a postmaster's report in such a container": report(
        fields("5.1.1"), Content_Type=_MIXED, **_POSTMASTER
    ),
    "an action that is explained": report(fields("5.1.1", action="failed (no mailbox)")),
}
# Bounces that say nothing against the address.
PASSING: dict[str, bytes] = {
    "a full mailbox": report(fields("5.2.2", said="smtp; 552 5.2.2 full")),
    "refused as spam": report(fields("5.7.1", said="smtp; 550 5.7.1 blocked")),
    "too long on the way": report(fields("4.4.7", said="smtp; 4.4.7 expired")),
    "a general status and no answer": report(fields("5.0.0", said="smtp; no")),
    "too large": report(fields("5.3.4", said="smtp; 552 5.3.4 too big")),
    "qmail, for a while": text(
        QMAIL.replace("550 5.1.1", "451 4.3.0"), Subject="failure notice", **_DAEMON
    ),
}
DELAYS: dict[str, bytes] = {
    "a warning that it takes long": report(
        fields("4.4.1", action="delayed"), Subject="Delayed Mail (still being retried)"
    ),
    "such a warning in a container of another kind": report(
        fields("4.4.1", action="delayed"), Subject="Delayed Mail", Content_Type=_MIXED
    ),
}
COMPLAINTS: dict[str, bytes] = {
    "a complaint": complaint(_ABUSE + "Original-Rcpt-To: <ada@example.org>\n"),
    "a complaint that hides the address": complaint(_ABUSE),
    "a complaint of fraud": complaint("Feedback-Type: fraud\nVersion: 1\nUser-Agent: x\n"),
}
# What each real report does: the status, and whether the address is to be left alone.
REPORTS: dict[str, tuple[bytes, str, str]] = {
    **{name: (raw, "bounced", "bounce") for name, raw in GONE.items()},
    **{name: (raw, "bounced", "") for name, raw in PASSING.items()},
    **{name: (raw, "delayed", "") for name, raw in DELAYS.items()},
    **{name: (raw, "complained", "complaint") for name, raw in COMPLAINTS.items()},
}

_FORWARDED = b"""From: ada@example.org
To: hello@example.org
Subject: Fwd: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="fw"

--fw
Content-Type: text/plain

I got this, what does it mean?

--fw
Content-Type: message/rfc822

%s
--fw--
"""
_ABSENT = "I am away until Monday. In urgent cases, write to grace@example.org."
_QUOTED = f"Look:\n\n> <ada@example.org>:\n> 550 5.1.1 User unknown\n> X-Message: {MESSAGE}\n"
# What holds the words of a bounce and is none: a person's or a machine's mail, so an event.
MAILS: dict[str, tuple[bytes, bool]] = {
    "an absence note": (text(_ABSENT, Auto_Submitted="auto-replied", Return_Path="<>"), True),
    "an absence note with a bounce's subject": (
        text(_ABSENT, Auto_Submitted="auto-replied", Subject="Undeliverable: I am away"),
        True,
    ),
    "a person who quotes a bounce": (text(_QUOTED), False),
    "a person who writes about failure": (
        text("My parcel: delivery failed, it says.", Subject="Delivery failure of my parcel"),
        False,
    ),
    "a bounce that a person forwards": (_FORWARDED % report(fields("5.1.1")), False),
    "a newsletter about bounces": (
        text(QMAIL, Subject="Undelivered mail explained", List_Id="<deliverability.example.org>",
             Precedence="bulk"),
        True,
    ),
    "a person who pastes qmail's words": (text(QMAIL), False),
    "a postmaster who pastes them": (text(QMAIL, **_POSTMASTER), False),
    "a postmaster who answers a bounce": (
        text(QMAIL, Subject="AW: failure notice", **_POSTMASTER),
        False,
    ),
    "a postmaster who forwards a bounce, taken apart": (
        report(fields("5.1.1"), Content_Type=_MIXED, Auto_Submitted="no", Return_Path="<a@b.c>",
               Subject="Fwd: Undelivered Mail", From="postmaster@example.org"),
        False,
    ),
    "a person who forwards a bounce, taken apart": (
        report(fields("5.1.1"), Content_Type=_MIXED, Auto_Submitted="no", Return_Path="<a@b.c>",
               From="ada@example.org"),
        False,
    ),
    "an absence note about a delivery": (
        text(_ABSENT, Return_Path="<>", Subject="Abwesend: Delivery status of my parcel"),
        True,
    ),
    "a header that names failed recipients": (
        text("Hello", X_Failed_Recipients="ada@example.org"),
        False,
    ),
    "a read receipt": (
        report("Disposition: manual-action/MDN-sent-manually; displayed\n",
               From="ada@example.org",
               Content_Type='multipart/report; report-type=disposition-notification; boundary="b1"'
               ).replace(b"message/delivery-status", b"message/disposition-notification"),
        True,
    ),
}  # fmt: skip

# Reports that cannot be tied to a message and its recipient, or are no known form.
UNTIED: dict[str, bytes] = {
    "of a message that is not ours": report(
        fields("5.1.1"), original=OURS.replace(MESSAGE, "z" * 32)
    ),
    "of no message": report(fields("5.1.1"), original="Subject: nothing"),
    "of another address": report(fields("5.1.1", final="rfc822; eve@example.org")),
    "of no address": report(fields("5.1.1", final="x-local; ada")),
    "of a delivery": report(fields("2.0.0", action="delivered")),
    "of a relay": report(fields("2.0.0", action="relayed")),
    "without fields": report(""),
    "of a form that nobody knows": text(
        "It came back.", Subject="Undelivered Mail Returned to Sender", **_DAEMON
    ),
    "a complaint that is none": complaint("Feedback-Type: not-spam\nVersion: 1\n"),
    "a complaint about another address": complaint(
        _ABUSE + "Original-Rcpt-To: <eve@example.org>\n"
    ),
    "a complaint without a type": complaint("Version: 1\n"),
    "qmail without a copy": text(
        QMAIL.partition("--- Below")[0], Subject="failure notice", **_DAEMON
    ),
    "exim of another message": text(
        EXIM.replace(MESSAGE, "z" * 32), X_Failed_Recipients="ada@example.org", **_DAEMON
    ),
    "a daemon in no form": text("It came back.", Subject="Processing Error", From=_MAILER),
    "a daemon that answers": text(
        "It came back.", From="MDaemon@mx.example.org", Auto_Submitted="auto-replied"
    ),
    "a daemon's receipt": report(
        "Disposition: automatic-action/MDN-sent-automatically; deleted\n"
    ).replace(b"message/delivery-status", b"message/disposition-notification"),
    "a postmaster that answers": text(
        "It came back.",
        Subject="Message Delivery Failure",
        Auto_Submitted="auto-replied",
        **_POSTMASTER,
    ),
    "from nobody, by its envelope": text(
        "It came back.", Subject="Mail could not be delivered", Return_Path="<MAILER-DAEMON@a.b>"
    ),
    "from nobody, by its sender": text("It came back.", Subject="Undeliverable: a", From="A <>"),
    "qmail's words of a delay": text(QMAIL, Subject="Warning: message delayed", **_DAEMON),
    "postfix's words of a delay": beside(
        POSTFIX.replace("is returned below", "will be retried"), **_DAEMON
    ),
    "a report that holds none": text(
        "Hello", Content_Type='multipart/report; boundary="b9"', **_DAEMON
    ),
}
