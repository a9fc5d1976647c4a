"""One table through a plain client: the calls that the stores are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from signet.adapters.dynamodb.expressions import conditional, updating
from signet.adapters.dynamodb.inserts import inserted, inserting
from signet.adapters.dynamodb.item import pack, pack_item, unpack_item
from signet.errors import Conflict, Contended, Transient
from signet.ports.store import (
    INDEXES,
    NEW,
    Change,
    Condition,
    Item,
    Key,
    Put,
    Query,
    QueryPage,
    Update,
    Value,
)

_BATCH_GET = 100
_BATCH_WRITE = 25
# DynamoDB may leave a part of a batch undone; this many times we ask for the rest at once.
_BATCH_ATTEMPTS = 5
_REFUSED = "ConditionalCheckFailed"
_MET = "TransactionConflict"


class Table:
    """One table; see `Store` for what the methods promise."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self.name = name

    def put(self, item: Mapping[str, Value], *, condition: Condition | None = None) -> bool:
        """Write a row whole; False when the condition does not hold."""
        return self._conditional("put_item", Item=pack_item(item), **conditional(condition))

    def insert(self, items: Sequence[Mapping[str, Value]]) -> list[bool]:
        """Write rows whole, each by itself and only where there is none, in few calls."""
        if len(items) == 1:  # a plain put is the same, and any tool shows it
            return [self.put(items[0], condition=NEW)]
        written: list[bool] = []
        for statements in inserting(self.name, [pack_item(item) for item in items]):
            answer = self._call("batch_execute_statement", Statements=statements)
            written += inserted(answer["Responses"])
        return written

    def put_many(self, items: Iterable[Mapping[str, Value]]) -> None:
        """Write rows whole, whatever stands; of two with the same key the later one stands."""
        # One call may not name a key twice.
        last = {(str(item["pk"]), str(item["sk"])): item for item in items}
        for part in _chunks(last, _BATCH_WRITE):
            self._batch_put([{"PutRequest": {"Item": pack_item(last[key])}} for key in part])

    def update(self, key: Key, change: Update) -> bool:
        """Change a row under its condition; False when it does not hold."""
        return self._conditional("update_item", Key=_key(key), **updating(change))

    def delete(self, key: Key) -> bool:
        """Delete a row; False when there was none."""
        return self._conditional(
            "delete_item", Key=_key(key), ConditionExpression="attribute_exists(pk)"
        )

    def get(self, key: Key) -> Item | None:
        """Read one row."""
        answer = self._call("get_item", Key=_key(key), ConsistentRead=True)
        return unpack_item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """Read many rows; keys without a row are left out."""
        found: dict[Key, Item] = {}
        for part in _chunks(dict.fromkeys(keys), _BATCH_GET):
            for item in self._batch_get([_key(key) for key in part], consistent=consistent):
                found[(item["pk"], item["sk"])] = item
        return found

    def query(self, query: Query) -> QueryPage:
        """Read one page of one partition."""
        prefix = f"{INDEXES[query.index]}_" if query.index else ""
        condition, values = f"{prefix}pk = :pk", {":pk": pack(query.partition)}
        if query.up_to is not None:
            condition += f" AND {prefix}sk <= :up_to"
            values[":up_to"] = pack(query.up_to)
        answer = self._call(
            "query",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            Limit=query.limit,
            ScanIndexForward=not query.newest_first,
            **({"IndexName": query.index} if query.index else {"ConsistentRead": True}),
            **_starting(query.after),
        )
        return _page(answer)

    def scan(self, prefix: str, sk: str, *, limit: int, after: Item | None) -> QueryPage:
        """Read on through the whole table, keeping rows of one kind."""
        answer = self._call(
            "scan",
            FilterExpression="begins_with(pk, :prefix) AND sk = :sk",
            ExpressionAttributeValues={":prefix": pack(prefix), ":sk": pack(sk)},
            Limit=limit,
            **_starting(after),
        )
        return _page(answer)

    def transact(self, writes: Sequence[Put | Change]) -> None:
        """
        Write all or nothing.

        Raises:
            Conflict: A condition does not hold.
            Contended: Somebody else writes one of the rows at this moment; nothing was written.
            Transient: Anything else stood in the way.
        """
        items = [self._written(write) for write in writes]
        try:
            self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            reasons = error.response.get("CancellationReasons", [])
            if any(reason.get("Code") == _REFUSED for reason in reasons):
                raise Conflict(str(error)) from error
            if any(reason.get("Code") == _MET for reason in reasons):
                raise Contended(str(error)) from error
            raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error

    def _written(self, write: Put | Change) -> dict[str, Any]:
        if isinstance(write, Put):
            body = {"Item": pack_item(write.item), **conditional(write.condition)}
            return {"Put": {"TableName": self.name, **body}}
        body = {"Key": _key(write.key), **updating(write.update)}
        return {"Update": {"TableName": self.name, **body}}

    def _batch_get(self, wanted: list[Item], *, consistent: bool) -> Iterator[Item]:
        for _ in range(_BATCH_ATTEMPTS):
            request = {self.name: {"Keys": wanted, "ConsistentRead": consistent}}
            answer = self._call("batch_get_item", RequestItems=request)
            yield from (unpack_item(item) for item in answer["Responses"].get(self.name, []))
            wanted = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])
            if not wanted:
                return
        raise Transient(f"{len(wanted)} rows were not read in {_BATCH_ATTEMPTS} attempts")

    def _batch_put(self, wanted: list[Item]) -> None:
        for _ in range(_BATCH_ATTEMPTS):
            answer = self._call("batch_write_item", RequestItems={self.name: wanted})
            wanted = answer.get("UnprocessedItems", {}).get(self.name, [])
            if not wanted:
                return
        raise Transient(f"{len(wanted)} rows were not written in {_BATCH_ATTEMPTS} attempts")

    def _conditional(self, operation: str, **arguments: Any) -> bool:
        try:
            getattr(self._client, operation)(TableName=self.name, **arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == f"{_REFUSED}Exception":
                return False
            raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error
        return True

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        if not operation.startswith("batch_"):
            arguments["TableName"] = self.name
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except (ClientError, BotoCoreError) as error:
            raise Transient(str(error)) from error
        return answer


def _page(answer: dict[str, Any]) -> QueryPage:
    last = answer.get("LastEvaluatedKey")
    items = [unpack_item(item) for item in answer["Items"]]
    return QueryPage(items, unpack_item(last) if last else None)


def _starting(after: Item | None) -> dict[str, Any]:
    return {"ExclusiveStartKey": pack_item(after)} if after else {}


def _key(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _chunks(keys: Iterable[Key], size: int) -> Iterator[list[Key]]:
    iterator = iter(keys)
    while part := list(islice(iterator, size)):
        yield part
