"""E-mail through SES v2, as raw MIME."""

from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    NoCredentialsError,
    SSLError,
)

from signet.errors import InDoubt, Permanent, Throttled, Transient
from signet.ports import Outgoing

# https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html names these errors.
_TOO_FAST = {
    "TooManyRequestsException", "ThrottlingException", "Throttling", "LimitExceededException",
}  # fmt: skip
_PASSING = {
    "SendingPausedException",
    "AccountSuspendedException",
    "MailFromDomainNotVerifiedException",
}
# Nothing is wrong with the mail: our grant, our credentials, our clock or our request's speed is.
_NOT_THE_MAIL = {401, 403, 408}
# What the SDK raises before the first byte of a request leaves.
_NEVER_LEFT = (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    CredentialRetrievalError,
)


class SesMailer:
    """
    Hand mails to SES.

    Args:
        client: A client whose own retries are off: a repeated send is a second mail.
        configuration_set: The set that publishes events; message tags ride only through it.
    """

    def __init__(self, client: Any, configuration_set: str) -> None:
        self._client = client
        self._configuration_set = configuration_set

    def send(self, outgoing: Outgoing) -> str:
        """Hand one mail over and give the provider's id."""
        try:
            answer = self._client.send_email(
                FromEmailAddress=outgoing.sender,
                Destination={"ToAddresses": [outgoing.recipient]},
                Content={"Raw": {"Data": outgoing.raw}},
                ConfigurationSetName=self._configuration_set,
                EmailTags=_tags(outgoing),
            )
        except ClientError as error:
            raise _refusal(error) from error
        except Exception as error:
            raise _fault(error) from error
        if not isinstance(answer, dict) or not answer.get("MessageId"):
            raise InDoubt("the provider's answer cannot be read")
        return str(answer["MessageId"])

    def quota(self) -> float:
        """Ask how many mails a second SES takes."""
        try:
            return float(self._client.get_account()["SendQuota"]["MaxSendRate"])
        except (ClientError, BotoCoreError, KeyError, TypeError, ValueError) as error:
            raise Transient("the provider does not tell its rate") from error


def _tags(outgoing: Outgoing) -> list[dict[str, str]]:
    return [
        {"Name": "signet_ws", "Value": outgoing.workspace},
        {"Name": "signet_msg", "Value": outgoing.message_id},
        {"Name": "signet_ep", "Value": str(outgoing.epoch)},
    ]


def _fault(error: Exception) -> Exception:
    """Tell a request that never left from one that may have left, which is the usual guess."""
    untrusted = isinstance(error, SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(error)
    if untrusted or isinstance(error, _NEVER_LEFT):
        return Transient("no connection to the provider")
    return InDoubt("the provider's answer was lost")


def _refusal(error: ClientError) -> Exception:
    code = error.response["Error"]["Code"]
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if code in _TOO_FAST or status == 429:  # noqa: PLR2004 - the HTTP status for throttling
        return Throttled(code)
    if code in _PASSING or status in _NOT_THE_MAIL:
        return Transient(code)
    if 400 <= status < 500:  # noqa: PLR2004 - HTTP's family of the caller's faults
        return Permanent(code)
    return InDoubt(f"the provider answered {status} {code}")
