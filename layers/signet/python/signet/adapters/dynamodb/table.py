"""One table through a plain client: the calls that the stores are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from signet.adapters.dynamodb.item import Item, Value, pack, pack_item, unpack_item
from signet.errors import Conflict, Transient

_BATCH_GET = 100
Key = tuple[str, str]


@dataclass(frozen=True)
class Update:
    """
    A conditional update, written as DynamoDB's expressions.

    `sets` are plain assignments, `adds` numeric additions, `appends` go to the end of lists,
    `removes` disappear. `condition` may use `#name` and `:name` of `names` and `values`.
    """

    sets: Mapping[str, Value] = field(default_factory=dict)
    adds: Mapping[str, int] = field(default_factory=dict)
    appends: Mapping[str, list[Value]] = field(default_factory=dict)
    removes: Sequence[str] = ()
    condition: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)

    def arguments(self) -> dict[str, Any]:
        """Write the update as the arguments of an UpdateItem call."""
        names = {f"#{k}": k for k in (*self.sets, *self.adds, *self.appends, *self.removes)}
        values: dict[str, Value] = {f":{k}": v for k, v in self.values.items()}
        values |= {f":set_{k}": v for k, v in self.sets.items()}
        values |= {f":add_{k}": v for k, v in self.adds.items()}
        values |= {f":app_{k}": v for k, v in self.appends.items()}
        if self.appends:
            values[":nothing"] = []
        arguments: dict[str, Any] = {
            "UpdateExpression": self._expression(),
            "ExpressionAttributeNames": {**names, **self.names},
        }
        if values:
            arguments["ExpressionAttributeValues"] = pack_item(values)
        if self.condition:
            arguments["ConditionExpression"] = self.condition
        return arguments

    def _expression(self) -> str:
        assigned = [f"#{k} = :set_{k}" for k in self.sets]
        assigned += [
            f"#{k} = list_append(if_not_exists(#{k}, :nothing), :app_{k})" for k in self.appends
        ]
        added = [f"#{k} :add_{k}" for k in self.adds]
        clauses = (
            ("SET", assigned),
            ("ADD", added),
            ("REMOVE", [f"#{k}" for k in self.removes]),
        )
        return " ".join(f"{word} {', '.join(terms)}" for word, terms in clauses if terms)


class Table:
    """
    One table.

    Every method raises Transient where the service refuses for a while or does not answer.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self.name = name

    def put_new(self, item: Mapping[str, Value]) -> bool:
        """Write an item unless its key is taken; False when it is."""
        return self._conditional(
            "put_item", Item=pack_item(item), ConditionExpression="attribute_not_exists(pk)"
        )

    def put(self, item: Mapping[str, Value], *, version: int | None = None) -> bool:
        """Write an item; with a version, only over exactly that version (0: no item)."""
        if version is None:
            return self._conditional("put_item", Item=pack_item(item))
        if version == 0:
            return self.put_new(item)
        return self._conditional(
            "put_item",
            Item=pack_item(item),
            ConditionExpression="version = :version",
            ExpressionAttributeValues={":version": pack(version)},
        )

    def update(self, key: Key, change: Update) -> bool:
        """Change an item under its condition; False when the condition does not hold."""
        return self._conditional("update_item", Key=_key(key), **change.arguments())

    def delete(self, key: Key) -> bool:
        """Delete an item; False when there was none."""
        return self._conditional(
            "delete_item", Key=_key(key), ConditionExpression="attribute_exists(pk)"
        )

    def get(self, key: Key) -> Item | None:
        """Read one item, consistently."""
        answer = self._call("get_item", Key=_key(key), ConsistentRead=True)
        return unpack_item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Item]:
        """Read many items; keys without an item are left out."""
        found: dict[Key, Item] = {}
        for part in _chunks(dict.fromkeys(keys), _BATCH_GET):
            for item in self._batch_get([_key(key) for key in part], consistent=consistent):
                found[(item["pk"], item["sk"])] = item
        return found

    def _batch_get(self, wanted: list[Item], *, consistent: bool) -> Iterator[Item]:
        while wanted:
            answer = self._call(
                "batch_get_item",
                RequestItems={self.name: {"Keys": wanted, "ConsistentRead": consistent}},
            )
            yield from (unpack_item(item) for item in answer["Responses"].get(self.name, []))
            wanted = answer.get("UnprocessedKeys", {}).get(self.name, {}).get("Keys", [])

    def query(self, condition: str, values: Mapping[str, Value], **options: Any) -> "QueryPage":
        """
        Query one page.

        Args:
            condition: A key condition that uses `:name` of `values`.
            values: Its values, by name.
            options: Further arguments of Query (IndexName, Limit, ScanIndexForward, after).
        """
        after = options.pop("after", None)
        if after:
            options["ExclusiveStartKey"] = pack_item(after)
        answer = self._call(
            "query",
            KeyConditionExpression=condition,
            ExpressionAttributeValues={f":{k}": pack(v) for k, v in values.items()},
            **options,
        )
        last = answer.get("LastEvaluatedKey")
        items = [unpack_item(item) for item in answer["Items"]]
        return QueryPage(items, unpack_item(last) if last else None)

    def scan(
        self, prefix: str, sk: str, *, limit: int, after: dict[str, Any] | None
    ) -> "QueryPage":
        """
        Read on through the whole table, keeping rows of one kind.

        Args:
            prefix: What the partition key begins with.
            sk: The sort key, exactly.
            limit: Rows looked at, not rows found.
            after: Where the last page ended.
        """
        start = {"ExclusiveStartKey": pack_item(after)} if after else {}
        answer = self._call(
            "scan",
            FilterExpression="begins_with(pk, :prefix) AND sk = :sk",
            ExpressionAttributeValues={":prefix": pack(prefix), ":sk": pack(sk)},
            Limit=limit,
            **start,
        )
        last = answer.get("LastEvaluatedKey")
        items = [unpack_item(item) for item in answer["Items"]]
        return QueryPage(items, unpack_item(last) if last else None)

    def transact(self, writes: Sequence[Mapping[str, Any]]) -> None:
        """
        Write all or nothing.

        Raises:
            Conflict: A condition does not hold, or another transaction is under way.
        """
        named = [
            {verb: {"TableName": self.name, **body} for verb, body in write.items()}
            for write in writes
        ]
        try:
            self._client.transact_write_items(TransactItems=named)
        except ClientError as error:
            if error.response["Error"]["Code"] == "TransactionCanceledException":
                raise Conflict(str(error)) from error
            raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error

    def _conditional(self, operation: str, **arguments: Any) -> bool:
        try:
            getattr(self._client, operation)(TableName=self.name, **arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise Transient(str(error)) from error
        except BotoCoreError as error:
            raise Transient(str(error)) from error
        return True

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        if operation != "batch_get_item":
            arguments["TableName"] = self.name
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**arguments)
        except (ClientError, BotoCoreError) as error:
            raise Transient(str(error)) from error
        return answer


@dataclass(frozen=True)
class QueryPage:
    """One page of a query and the key after which the next one begins."""

    items: list[Item]
    last: dict[str, Any] | None


def _key(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _chunks(keys: Iterable[Key], size: int) -> Iterator[list[Key]]:
    iterator = iter(keys)
    while part := list(islice(iterator, size)):
        yield part
