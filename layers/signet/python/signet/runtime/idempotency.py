"""One answer per idempotency key: the second call hears what the first one heard."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from signet.domain.request import Unprocessable
from signet.errors import Conflict, FieldError, Rejected, Transient

HEADER = "idempotency-key"
KEPT_SECONDS = 24 * 3600
# How long a call may be in flight before its key is free again.
IN_FLIGHT_MS = 30_000
_BARE = re.compile(r"[!#-+\--\[\]-~]{1,255}")
_QUOTED = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,255})"')
_SHAPE = (
    "must be 1 to 255 printable ASCII characters, without spaces, commas, quotes and backslashes "
    'unless it is a quoted string, such as "a b"'
)

Body = dict[str, Any]


class Once(Protocol):
    """Give the same answer to the same key."""

    def __call__(self, key: str, *, scope: str, fingerprint: str, work: Callable[[], Body]) -> Body:
        """
        Do the work unless it was done under this key, and give its answer.

        Raises:
            Unprocessable: The key was used with another body.
            Conflict: The first call under the key is still in flight.
        """


def key_of(headers: Mapping[str, str]) -> str | None:
    """
    Read the key from the headers: a bare token or a quoted string, 1 to 255 printable letters.

    Raises:
        Rejected: The header is there and is neither.
    """
    given = headers.get(HEADER)
    if given is None:
        return None
    given = given.strip()
    if quoted := _QUOTED.fullmatch(given):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if _BARE.fullmatch(given):
        return given
    raise Rejected.field("Idempotency-Key", _SHAPE)


def answer_once(
    store: Any, key: str, *, scope: str, fingerprint: str, work: Callable[[], Body]
) -> Body:
    """
    Do the work once per key and scope, and keep its answer for 24 hours.

    Args:
        store: The library's persistence layer, used for this call only: it remembers the scope.
        key: The caller's key.
        scope: Workspace and route, so that equal keys of others do not meet.
        fingerprint: Stands for the body; hash it under a key if it holds personal data.
        work: Gives a JSON-ready answer without personal data, because it is stored.

    Raises:
        Unprocessable: The key was used with another body.
        Conflict: The first call under the key is still in flight.
        Transient: The table could not be asked.
    """
    from aws_lambda_powertools.utilities.idempotency import (  # noqa: PLC0415 - 350 ms, seldom
        exceptions,
    )

    run = _wrapped(store, scope=scope, work=work)
    try:
        return run(call={"key": key, "fingerprint": fingerprint})
    except exceptions.IdempotencyValidationError:
        fault = FieldError("Idempotency-Key", "was used with another body")
        raise Unprocessable(f"{fault.field}: {fault.message}", (fault,)) from None
    except exceptions.IdempotencyAlreadyInProgressError:
        raise Conflict("the first call with this Idempotency-Key is in flight") from None
    except exceptions.IdempotencyPersistenceLayerError as error:
        raise Transient("the idempotency table could not be asked") from error


class TableOnce:
    """`answer_once` on one table."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._client: Any = None

    def __call__(self, key: str, *, scope: str, fingerprint: str, work: Callable[[], Body]) -> Body:
        """Do the work once per key and scope."""
        return answer_once(self._store(), key, scope=scope, fingerprint=fingerprint, work=work)

    def _store(self) -> Any:
        """Make the layer anew and keep its client, which takes 50 ms to make."""
        from aws_lambda_powertools.utilities.idempotency import (  # noqa: PLC0415 - see answer_once
            DynamoDBPersistenceLayer,
        )

        store = DynamoDBPersistenceLayer(table_name=self._table, boto3_client=self._client)
        self._client = store.client
        return store


class _InFlight:
    """Stands for the Lambda context, of which the library asks only the time that is left."""

    def get_remaining_time_in_millis(self) -> int:
        """Tell how long the call may be in flight, in milliseconds."""
        return IN_FLIGHT_MS


def _wrapped(store: Any, *, scope: str, work: Callable[[], Body]) -> Callable[..., Body]:
    from aws_lambda_powertools.utilities.idempotency import (  # noqa: PLC0415 - see answer_once
        IdempotencyConfig,
        idempotent_function,
    )

    config = IdempotencyConfig(
        event_key_jmespath="key",
        payload_validation_jmespath="fingerprint",
        expires_after_seconds=KEPT_SECONDS,
        hash_function="sha256",
        lambda_context=_InFlight(),  # type: ignore[arg-type]
    )

    def run(*, call: Body) -> Body:  # noqa: ARG001 - the decorator reads it
        return work()

    wrapped: Callable[..., Body] = idempotent_function(
        run, data_keyword_argument="call", persistence_store=store, config=config, key_prefix=scope
    )
    return wrapped
