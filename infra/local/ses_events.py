"""The events that SES puts on the default bus, in SES' own shapes."""

from datetime import datetime
from typing import Any

from infra.local.emulator import ACCOUNT, REGION
from infra.local.letters import Letter, readable

DETAIL_TYPES = {
    "Send": "Email Sent",
    "Delivery": "Email Delivered",
    "Bounce": "Email Bounced",
    "Complaint": "Email Complaint Received",
    "Open": "Email Opened",
    "Click": "Email Clicked",
    "DeliveryDelay": "Email Delivery Delayed",
    "Reject": "Email Rejected",
}


def stamp(moment: datetime) -> str:
    """Write a time as SES does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def mail_of(letter: Letter) -> dict[str, Any]:
    """Describe the mail that an event is about."""
    top = letter.top
    return {
        "timestamp": stamp(letter.sent_at),
        "source": letter.sender,
        "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/{letter.identity}",
        "sendingAccountId": ACCOUNT,
        "messageId": letter.id,
        "destination": list(letter.to),
        "headersTruncated": False,
        "headers": [{"name": k, "value": v} for k, v in top.items()],
        "commonHeaders": {
            "from": [readable(top["From"])],
            "to": list(letter.to),
            "messageId": letter.id,
            "subject": readable(top["Subject"]),
        },
        "tags": {
            "ses:configuration-set": [letter.configuration_set],
            "ses:from-domain": [letter.sender.rpartition("@")[2].strip(">")],
            "ses:source-ip": ["127.0.0.1"],
            **{name: [value] for name, value in letter.tags.items()},
        },
    }


def entry(letter: Letter, kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Give the entry that PutEvents takes, as SES itself would put it."""
    name = kind[0].lower() + kind[1:]
    return {
        "Source": "aws.ses",
        "DetailType": DETAIL_TYPES[kind],
        "Resources": [
            f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{letter.configuration_set}"
        ],
        "Detail": {"eventType": kind, "mail": mail_of(letter), name: body},
    }


def delivery(letter: Letter, now: datetime) -> dict[str, Any]:
    """Describe a delivery."""
    return {
        "timestamp": stamp(now),
        "processingTimeMillis": 1,
        "recipients": list(letter.to),
        "smtpResponse": "250 2.0.0 Ok",
        "reportingMTA": "a8-70.smtp-out.amazonses.com",
        "remoteMtaIp": "127.0.0.1",
    }


def bounce(letter: Letter, now: datetime, *, kind: str, subtype: str) -> dict[str, Any]:
    """Describe a bounce of the kind Permanent, Transient or Undetermined."""
    hard = kind == "Permanent"
    return {
        "feedbackId": f"{letter.id}-bounce",
        "bounceType": kind,
        "bounceSubType": subtype,
        "bouncedRecipients": [
            {
                "emailAddress": address,
                "action": "failed",
                "status": "5.1.1" if hard else "4.4.7",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown" if hard else "smtp; 451 4.4.7",
            }
            for address in letter.to
        ],
        "timestamp": stamp(now),
        "reportingMTA": "dns; a8-70.smtp-out.amazonses.com",
    }


def complaint(letter: Letter, now: datetime) -> dict[str, Any]:
    """Describe a complaint."""
    return {
        "feedbackId": f"{letter.id}-complaint",
        "complainedRecipients": [{"emailAddress": address} for address in letter.to],
        "timestamp": stamp(now),
        "userAgent": "ExampleCorp Feedback Loop (V0.01)",
        "complaintFeedbackType": "abuse",
        "arrivalDate": stamp(letter.sent_at),
        "complaintSubType": None,
    }
