"""
What moto, MiniStack and the store in memory get wrong: the written list, each with its probe.

A probe asks an emulator and gives what it did. The list says what AWS does and what each of ours
does, so that an emulator that mends something, or breaks it, is noticed. The page of the list is
made from this module.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from signet.errors import Transient
from signet.ports.store import Query
from tests.contracts.conftest import KEYS, Emulator

TABLE = "deviations"
A, B = {"pk": {"S": "a"}, "sk": {"S": "a"}}, {"pk": {"S": "b"}, "sk": {"S": "b"}}
Probe = Callable[[Emulator], str]


@dataclass(frozen=True)
class Deviation:
    """One thing that AWS does, and what the emulators do."""

    name: str
    service: str
    aws: str
    moto: str
    ministack: str
    matters: str
    probe: Probe


def made(emulator: Emulator, **more: Any) -> Any:
    """Make a table with a stream, and give the client."""
    emulator.dynamodb.create_table(
        TableName=TABLE,
        KeySchema=KEYS,
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
        **more,
    )
    return emulator.dynamodb


def taken(call: Callable[[], object]) -> str:
    """Tell whether a call was taken or refused."""
    try:
        call()
    except ClientError as error:
        return f"refused: {error.response['Error']['Code']}"
    return "taken"


def some(number: float, what: str) -> str:
    """Write a number of things."""
    return f"{number:g} {what}" if number == 1 else f"{number:g} {what}s"


def repeated_token(emulator: Emulator) -> str:
    """Send the same transaction twice under one token, and see how often it counted."""
    client = made(emulator)
    update = {
        "TableName": TABLE, "Key": A, "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }  # fmt: skip
    for _ in range(2):
        client.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken="t")
    counted = client.get_item(TableName=TABLE, Key=A)["Item"]["n"]["N"]
    return {"1": "once", "2": "twice"}[counted]


def other_payload(emulator: Emulator) -> str:
    """Send another transaction under a token that was used."""
    client = made(emulator)
    puts = [[{"Put": {"TableName": TABLE, "Item": item}}] for item in (A, B)]
    client.transact_write_items(TransactItems=puts[0], ClientRequestToken="t")
    return taken(lambda: client.transact_write_items(TransactItems=puts[1], ClientRequestToken="t"))


def long_batch(emulator: Emulator) -> str:
    """Write twenty-six items in one batch."""
    client = made(emulator)
    items = [{"pk": {"S": str(n)}, "sk": {"S": "x"}} for n in range(26)]
    puts = [{"PutRequest": {"Item": item}} for item in items]
    return taken(lambda: client.batch_write_item(RequestItems={TABLE: puts}))


def same_again(emulator: Emulator) -> str:
    """Write a row that is the same already, and count what the stream says."""
    view = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    client = made(emulator, StreamSpecification=view)
    for _ in range(2):
        client.put_item(TableName=TABLE, Item=A)
    return some(len(emulator.stream(TABLE)), "record")


def typed_number(emulator: Emulator) -> str:
    """Write a number with zeros that mean nothing, and read it."""
    client = made(emulator)
    client.put_item(TableName=TABLE, Item={**A, "n": {"N": "1.50"}})
    return str(client.get_item(TableName=TABLE, Key=A)["Item"]["n"]["N"])


def huge_number(emulator: Emulator) -> str:
    """Write a number of thirty-nine digits."""
    client = made(emulator)
    item = {**A, "n": {"N": "1" * 39}}
    return taken(lambda: client.put_item(TableName=TABLE, Item=item))


def read_units(emulator: Emulator) -> str:
    """Read nine kilobytes consistently, and see what is billed."""
    client = made(emulator)
    client.put_item(TableName=TABLE, Item={**A, "text": {"S": "x" * 9_000}})
    answer = client.get_item(
        TableName=TABLE, Key=A, ConsistentRead=True, ReturnConsumedCapacity="TOTAL"
    )
    return some(answer["ConsumedCapacity"]["CapacityUnits"], "unit")


def control_character(emulator: Emulator) -> str:
    """Queue a body with a character that XML has no place for."""
    url = emulator.sqs.create_queue(QueueName="q")["QueueUrl"]
    return taken(lambda: emulator.sqs.send_message(QueueUrl=url, MessageBody="a\x00b"))


def long_delay(emulator: Emulator) -> str:
    """Delay a body by more than a quarter of an hour."""
    url = emulator.sqs.create_queue(QueueName="q")["QueueUrl"]
    return taken(lambda: emulator.sqs.send_message(QueueUrl=url, MessageBody="a", DelaySeconds=901))


def fresh_index(emulator: Emulator) -> str:
    """Read a row by an index right after it was written."""
    table = emulator.table(TABLE)
    table.put({"pk": "a", "sk": "a", "due_pk": "due", "due_sk": "1"})
    found = table.query(Query("due", 10, index="due")).items
    return "at once" if found else "later"


def inserted(emulator: Emulator) -> str:
    """Insert two rows by statements with parameters."""
    table = emulator.table(TABLE)
    try:
        return "taken" if all(table.insert([{"pk": n, "sk": "a"} for n in "ab"])) else "wrong"
    except TypeError:
        return "broken"


def far_start(emulator: Emulator) -> str:
    """Go on in an index after a key that lies beyond the range asked for."""
    table = emulator.table(TABLE)
    after = {"pk": "a", "sk": "a", "due_pk": "due", "due_sk": "9"}
    query = Query("due", 10, index="due", up_to="5", after=after)
    try:
        return "taken" if not table.query(query).items else "wrong"
    except Transient:
        return "refused"


LIST = (
    Deviation(
        "An insert by statement with parameters is",
        "DynamoDB", "taken", "broken", "taken",
        "Its contract leaves moto out. MiniStack itself tells neither stream nor indexes of such "
        "a row: the local cloud makes a put of each statement.",
        inserted,
    ),
    Deviation(
        "A query that goes on after a key beyond its range is",
        "DynamoDB", "refused", "taken", "refused",
        "Upkeep leaves such a query out; the double in memory refuses it.",
        far_start,
    ),
    Deviation(
        "A transaction repeated under its token counts",
        "DynamoDB", "once", "twice", "once",
        "The fold holds on to a checkpoint of its own as well, so that a repeat counts nothing.",
        repeated_token,
    ),
    Deviation(
        "Another transaction under a used token is",
        "DynamoDB", "refused: IdempotentParameterMismatchException", "taken",
        "refused: IdempotentParameterMismatchException",
        "The SDK makes a token for each call and repeats the call with it; we make none.",
        other_payload,
    ),
    Deviation(
        "A batch of twenty-six writes is",
        "DynamoDB", "refused: ValidationException", "taken", "refused: ValidationException",
        "The adapter cuts batches; the contract on MiniStack would notice.",
        long_batch,
    ),
    Deviation(
        "Writing a row that is the same already puts into the stream",
        "DynamoDB", "1 record", "2 records", "1 record",
        "The fold compares the images: where nothing changed it counts nothing.",
        same_again,
    ),
    Deviation(
        "The number 1.50 is read as",
        "DynamoDB", "1.5", "1.50", "1.5",
        "We read numbers as numbers, never as text.",
        typed_number,
    ),
    Deviation(
        "A number of thirty-nine digits is",
        "DynamoDB", "refused: ValidationException", "taken", "refused: ValidationException",
        "Numbers of callers are kept inside sealed JSON.",
        huge_number,
    ),
    Deviation(
        "Nine kilobytes read consistently are billed as",
        "DynamoDB", "3 units", "0.5 units", "1 unit",
        "The meter of the local cloud counts write units by size itself, and calls.",
        read_units,
    ),
    Deviation(
        "A row is found by an index",
        "DynamoDB", "soon after its write", "at once", "at once",
        "The simulator lets half of a fresh index go missing; nothing relies on it.",
        fresh_index,
    ),
    Deviation(
        "A body with a control character is",
        "SQS", "refused: InvalidMessageContents", "taken", "refused: InvalidMessageContents",
        "Work is JSON in ASCII, where no such character stands.",
        control_character,
    ),
    Deviation(
        "A delay of more than 900 seconds is",
        "SQS", "refused: InvalidParameterValue", "refused: InvalidParameterValue", "taken",
        "The adapter cuts delays; the contract on moto would notice.",
        long_delay,
    ),
)  # fmt: skip
