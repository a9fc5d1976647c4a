"""Small handlers that tell where they run, and play the tricks that a worker must survive."""

import json
import os
from pathlib import Path
from typing import Any

import boto3

from infra.local.cloud import LocalCloud

DOOR = """
import json, os, sys, threading, time
import boto3
from botocore.exceptions import ClientError
from signet.clock import SystemClock
BORN = {"queue": os.environ.get("WORK_QUEUE_URL"), "table": os.environ.get("TABLE")}

def about(_, context):
    return {"pid": os.getpid(), "born": BORN, "name": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
            "now": SystemClock().now().isoformat(), "request_id": context.aws_request_id,
            "left": context.get_remaining_time_in_millis()}

def work(event, _):
    sent = boto3.client("sqs").send_message(
        QueueUrl=os.environ["WORK_QUEUE_URL"], MessageBody=event["body"])
    return sent["MessageId"]

def sleep(event, _):
    time.sleep(float(event["body"]))

def spin(*_):
    while True:
        boto3.client("sqs").list_queues()

def leave(*_):
    sys.exit(3)

def tick(*_):
    before = SystemClock().now()
    boto3.client("sqs").list_queues()
    return (SystemClock().now() - before).total_seconds()

def ask(event, _):
    service, operation, arguments = json.loads(event["body"])
    try:
        return getattr(boto3.client(service), operation)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    except (LookupError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"

def outlive(event, _):
    sqs, heard = boto3.client("sqs"), json.loads(event["body"])["heard"]
    def call():
        try:
            while True:  # the invocation may not have ended yet
                sqs.list_queues()
        except RuntimeError as error:
            with open(heard + ".part", "w") as file:
                file.write(str(error))
            os.rename(file.name, heard)
    threading.Thread(target=call).start()

def handler(event, context):
    trick = globals()[event["rawPath"].strip("/")]
    return {"statusCode": 200, "body": json.dumps(trick(event, context))}
"""
WORKER = """
import json, os, signal, boto3
def handler(event, context):
    for record in event["Records"]:
        work, receives = json.loads(record["body"]), record["attributes"]["ApproximateReceiveCount"]
        if int(receives) <= work.get("deaths", 0):
            os.kill(os.getpid(), signal.SIGKILL)
        boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item={
            "pk": {"S": work["id"]}, "sk": {"S": "message"}, "receives": {"N": receives},
            "queue": {"S": os.environ.get("WORK_QUEUE_URL", "none")}})
"""
READER = """
import os, boto3
def handler(event, context):
    for record in event["Records"]:
        key = record["dynamodb"]["Keys"]["pk"]["S"]
        boto3.client("dynamodb").put_item(TableName="Table", Item={
            "pk": {"S": key}, "sk": {"S": "read"}, "table": {"S": os.environ.get("TABLE", "none")}})
"""
SWEEPER = """
def handler(event, context):
    return None
"""


def write_handlers(root: Path, package: str) -> None:
    """Write the handler modules as a package under `root`."""
    (root / package).mkdir()
    (root / package / "__init__.py").touch()
    sources = {"door": DOOR, "worker": WORKER, "reader": READER, "sweeper": SWEEPER}
    for name, source in sources.items():
        folder = root / package / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        (folder / "handler.py").write_text(source)


def template(package: str, *, timeout: int = 10) -> dict[str, Any]:
    """Describe the small stack, with the handlers of a package and the timeout of its door."""
    text = Path(__file__).with_name("mini.template.json").read_text("utf-8")
    described: dict[str, Any] = json.loads(text.replace("PACKAGE", package))
    described["Resources"]["Door"]["Properties"]["Timeout"] = timeout
    return described


def ask(cloud: LocalCloud, trick: str, body: Any = "") -> Any:
    """Let the door play a trick, and give its answer."""
    answer = cloud.http("POST", f"/{trick}", body=body)
    assert 200 == answer.status, answer.text
    return answer.json()


def rows(sk: str) -> list[dict[str, str]]:
    """Give the rows of one kind as plain values."""
    found = boto3.client("dynamodb").scan(TableName="Table")["Items"]
    plain = [{name: next(iter(value.values())) for name, value in row.items()} for row in found]
    return [row for row in plain if row["sk"] == sk]


def gone(pid: int | None) -> bool:
    """Tell whether a process has ended and was seen to."""
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return True
    return False
