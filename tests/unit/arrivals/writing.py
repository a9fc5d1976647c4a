"""How reports, complaints and plain mails are written, about one message of ours."""

from tests.functions.arrival_world import MESSAGE

OURS = f"""Received: from out.example.org by mx.example.org; Sun, 1 Mar 2026 12:00:00 +0000
From: Signet <hello@example.org>
To: ada@example.org
Subject: Thank you, Ada
Message-ID: <0100019c-aaaa-bbbb@email.amazonses.com>
X-Message: {MESSAGE}
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
"""
PLAIN_ID = OURS.replace(f"X-Message: {MESSAGE}\n", "").replace(
    "<0100019c-aaaa-bbbb@email.amazonses.com>", f"<{MESSAGE}@example.org>"
)


def report(fields: str, *, original: str = OURS, kind: str = "message/rfc822", **top: str) -> bytes:
    """Write a delivery report: its fields, and the original or its headers alone."""
    head = {
        "From": "Mail Delivery System <MAILER-DAEMON@mx.example.org>",
        "To": "hello@example.org",
        "Subject": "Undelivered Mail Returned to Sender",
        "Return-Path": "<>",
        "Auto-Submitted": "auto-replied",
        "MIME-Version": "1.0",
        "Content-Type": 'multipart/report; report-type=delivery-status; boundary="b1"',
        **{name.replace("_", "-"): value for name, value in top.items()},
    }
    lines = "\n".join(f"{name}: {value}" for name, value in head.items())
    return f"""{lines}

--b1
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered to one or more recipients.

--b1
Content-Type: message/delivery-status

{fields}
--b1
Content-Type: {kind}

{original}
Hello Ada
--b1--
""".encode()


def fields(
    status: str,
    *,
    action: str = "failed",
    final: str = "rfc822; ada@example.org",
    original: str = "",
    said: str = "smtp; 550 5.1.1 <ada@example.org>: user unknown",
) -> str:
    """Write the fields of one recipient after those of the message."""
    before = f"Original-Recipient: {original}\n" if original else ""
    return (
        "Reporting-MTA: dns; mx.example.org\nArrival-Date: Sun, 1 Mar 2026 12:00:00 +0000\n\n"
        f"{before}Final-Recipient: {final}\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: {said}\n"
    )


def complaint(body: str, *, original: str = OURS) -> bytes:
    """Write a feedback report."""
    return f"""From: <feedback@isp.example.org>
To: complaints@example.org
Subject: FW: Thank you, Ada
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b2"

--b2
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from 192.0.2.1.

--b2
Content-Type: message/feedback-report

{body}
--b2
Content-Type: message/rfc822

{original}
Hello Ada
--b2--
""".encode()


def text(body: str, **top: str) -> bytes:
    """Write a plain mail."""
    head = {"From": "ada@example.org", "To": "hello@example.org", "Subject": "Re: Thank you"}
    head |= {name.replace("_", "-"): value for name, value in top.items()}
    lines = "\n".join(f"{name}: {value}" for name, value in head.items())
    return f"{lines}\n\n{body}\n".encode()


def beside(body: str, **top: str) -> bytes:
    """Write a plain text, and the original as a part beside it."""
    kind = 'multipart/mixed; boundary="b3"'
    parts = f"--b3\n\n{body}\n--b3\nContent-Type: message/rfc822\n\n{OURS}\nHello Ada\n--b3--"
    return text(parts, Content_Type=kind, **top)
