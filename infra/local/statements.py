"""Inserts by statement, put by put: the emulator's own leave out the stream and the indexes."""

import json
import re
from collections.abc import Iterator
from typing import Any

OPERATION = "BatchExecuteStatement"
_INSERT = re.compile(r"""INSERT INTO "([^"]+)" VALUE \{(.*)\}""")
_NAME = re.compile(r"'([^']+)': \?")
_REFUSED = "ConditionalCheckFailedException"
# What a statement's refusal is called, where it is not the put's own name for it.
_CODES = {_REFUSED: "DuplicateItem", "ValidationException": "ValidationError"}


def put_each(module: Any, body: bytes) -> tuple[int, dict[str, str], bytes]:
    """
    Answer a batch of inserts; each is a put where there is no row yet.

    Raises:
        LookupError: A statement is no insert in the form that the stores write.
    """
    asked = json.loads(body)
    wanted = asked.get("ReturnConsumedCapacity", "NONE")
    responses: list[dict[str, Any]] = []
    told: list[dict[str, Any]] = []
    for table, item in inserts(asked):
        status, answer = _put(module, table, item, wanted=wanted)
        error = {} if status == 200 else {"Error": _error(answer)}  # noqa: PLR2004 - OK
        responses.append({"TableName": table, **error})
        if "ConsumedCapacity" in answer:
            told.append(answer["ConsumedCapacity"])
        elif error and wanted != "NONE":
            # A write whose condition fails is billed as if it had been made.
            told.append({"TableName": table, "CapacityUnits": 1.0})
    found: dict[str, Any] = {"Responses": responses}
    if told:
        found["ConsumedCapacity"] = told
    return 200, {"content-type": "application/x-amz-json-1.0"}, json.dumps(found).encode()


def _put(module: Any, table: str, item: dict[str, Any], *, wanted: str) -> tuple[int, Any]:
    rows = module._tables[table]["items"].get(item["pk"]["S"], {})
    if item["sk"]["S"] in rows:
        return 400, {"__type": f"#{_REFUSED}", "message": "the row is there"}
    put = {"TableName": table, "Item": item, "ReturnConsumedCapacity": wanted}
    status, _, raw = module._put_item(put)
    return status, json.loads(raw)


def inserts(asked: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """
    Read the statements of a batch as table and row.

    Raises:
        LookupError: One is no insert in the form that the stores write.
    """
    for statement in asked["Statements"]:
        found = _INSERT.fullmatch(statement["Statement"])
        if found is None:
            raise LookupError("the local cloud runs no other statements than inserts")
        names = _NAME.findall(found[2])
        yield found[1], dict(zip(names, statement["Parameters"], strict=True))


def _error(answer: dict[str, Any]) -> dict[str, str]:
    kind = str(answer.get("__type", "")).rpartition("#")[2]
    code = _CODES.get(kind, kind.removesuffix("Exception"))
    return {"Code": code, "Message": str(answer.get("message", ""))}
