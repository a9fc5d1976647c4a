"""SES v2 on the wire: takes mails from known senders and hands them to the outbox."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from email.utils import getaddresses, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from infra.local.letters import Builder, Letter
from infra.local.outbox import Outbox

MOST_RECIPIENTS = 50
# These name their address in the path.
_OF_THE_LIST = {"DeleteSuppressedDestination", "GetSuppressedDestination"}


class Refused(Exception):
    """SES answers with an error."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        """Name the error as SES does."""
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


class Ses:
    """The part of SES v2 that sends, and the account's list of suppressed addresses."""

    def __init__(self, outbox: Outbox, now: Callable[[], datetime]) -> None:
        """Send to `outbox`."""
        self.outbox = outbox
        self.now = now
        self.identities: set[str] = set()
        self.configuration_sets: set[str] = set()
        self.suppressed: dict[str, str] = {}
        self.numbered = 0

    def answer(self, operation: str, url: str, body: bytes) -> tuple[int, bytes]:
        """Answer one request."""
        try:
            given = json.loads(body or b"{}")
            if operation in _OF_THE_LIST:
                given["EmailAddress"] = _last_part(url)
            return 200, json.dumps(self._answered(operation, given)).encode()
        except Refused as refused:
            problem = {"__type": refused.code, "message": refused.message}
            return refused.status, json.dumps(problem).encode()

    def _answered(self, operation: str, given: dict[str, Any]) -> dict[str, Any]:
        match operation:
            case "SendEmail":
                return {"MessageId": self.send(given)}
            case "GetAccount":
                return self.account()
            case "PutSuppressedDestination":
                self.suppressed[given["EmailAddress"].lower()] = given["Reason"]
                return {}
            case "DeleteSuppressedDestination":
                self.suppressed.pop(self._listed(given), None)
                return {}
            case "GetSuppressedDestination":
                address = self._listed(given)
                found = {"EmailAddress": address, "Reason": self.suppressed[address]}
                return {"SuppressedDestination": {**found, "LastUpdateTime": 0}}
        raise Refused("NotFoundException", f"the local SES has no {operation}", 404)

    def _listed(self, given: dict[str, Any]) -> str:
        address = str(given["EmailAddress"]).lower()
        if address not in self.suppressed:
            raise Refused("NotFoundException", "The address is not on the list", 404)
        return address

    def send(self, given: dict[str, Any]) -> str:
        """
        Take one mail.

        Returns:
            Its SES message id.

        Raises:
            Refused: The sender is not verified, the set not known, or nobody gets it.
        """
        content = given.get("Content", {})
        raw = base64.b64decode(content["Raw"]["Data"]) if "Raw" in content else b""
        sender = given.get("FromEmailAddress") or header(raw, "from")
        configuration_set = given.get("ConfigurationSetName", "")
        if configuration_set and configuration_set not in self.configuration_sets:
            raise Refused("NotFoundException", f"No configuration set {configuration_set}", 404)
        to = self._recipients(given, raw)
        if "Simple" in content:
            raw = Builder(content["Simple"]).bytes(sender, to)
        if not raw:
            raise Refused("BadRequestException", "Content must be Raw or Simple")
        letter = Letter(
            id=self._next_id(),
            raw=raw,
            sender=sender,
            identity=self._identity(sender),
            to=to,
            sent_at=self.now(),
            configuration_set=configuration_set,
            tags={tag["Name"]: tag["Value"] for tag in given.get("EmailTags", [])},
        )
        try:
            self.outbox.accept(letter)
        except OSError as error:
            raise Refused("SendingPausedException", f"The mail cannot be kept: {error}") from error
        return letter.id

    def _next_id(self) -> str:
        self.numbered += 1
        return f"0100{int(self.now().timestamp() * 1000):012x}-{self.numbered:08x}-000000"

    def _recipients(self, given: dict[str, Any], raw: bytes) -> tuple[str, ...]:
        named = given.get("Destination") or {}
        to = [
            a for key in ("ToAddresses", "CcAddresses", "BccAddresses") for a in named.get(key, [])
        ]
        if not to and raw:
            to = [address for _, address in getaddresses([header(raw, "to")]) if address]
        if not to:
            raise Refused("BadRequestException", "Destination has no address")
        if len(to) > MOST_RECIPIENTS:
            raise Refused("MessageRejected", "Recipient count exceeds 50.")
        return tuple(parseaddr(address)[1] or address for address in to)

    def _identity(self, sender: str) -> str:
        address = parseaddr(sender)[1].lower()
        domain = address.rpartition("@")[2]
        while domain:
            if address in self.identities:
                return address
            if domain in self.identities:
                return domain
            domain = domain.partition(".")[2]
        raise Refused(
            "MessageRejected",
            "Email address is not verified. The following identities failed the check in region "
            f"US-EAST-1: {address}",
        )

    def account(self) -> dict[str, Any]:
        """Describe the sending limits."""
        quota = {"Max24HourSend": 1e6, "MaxSendRate": 1e3, "SentLast24Hours": self.numbered}
        return {
            "ProductionAccessEnabled": True,
            "SendingEnabled": True,
            "EnforcementStatus": "HEALTHY",
            "SendQuota": quota,
        }


def _last_part(url: str) -> str:
    return unquote(urlsplit(url).path.rpartition("/")[2])


def header(raw: bytes, name: str) -> str:
    """Read one header of a mail without reading the rest."""
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("utf-8", "replace")
    for line in head.replace("\n ", " ").replace("\n\t", " ").split("\n"):
        found, colon, value = line.partition(":")
        if colon and found.lower() == name:
            return value.strip()
    return ""
