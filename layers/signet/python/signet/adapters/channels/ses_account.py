"""The suppression list of the SES account."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from signet.errors import Transient

_UNKNOWN = "NotFoundException"


class SesAccountList:
    """
    The account's list, which SES looks at before it sends a mail of anybody's in the account.

    Args:
        client: Makes the client at its first use: few batches have anything for the list.
    """

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def add(self, address: str, *, complained: bool) -> None:
        """Put an address on the list; SES knows two reasons only."""
        reason = "COMPLAINT" if complained else "BOUNCE"
        try:
            self._client().put_suppressed_destination(EmailAddress=address, Reason=reason)
        except (BotoCoreError, ClientError) as error:
            raise Transient("the account's list takes no address") from error

    def remove(self, address: str) -> None:
        """Take an address off the list, if it is there."""
        try:
            self._client().delete_suppressed_destination(EmailAddress=address)
        except ClientError as error:
            if error.response["Error"]["Code"] != _UNKNOWN:
                raise Transient("the account's list lets no address go") from error
        except BotoCoreError as error:
            raise Transient("the account's list lets no address go") from error
