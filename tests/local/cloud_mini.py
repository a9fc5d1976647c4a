"""A small template with small handlers: HTTP -> function -> queue -> function -> stream."""

import json
from pathlib import Path
from typing import Any

DOOR = """
import json, os, boto3
def handler(event, context):
    if event["rawPath"] == "/echo":
        return {"statusCode": 200, "body": json.dumps(event), "cookies": ["a=1", "b=2"],
                "headers": {"content-type": "application/json"}}
    if event["rawPath"] == "/bare":
        return {"hello": "world"}
    if event["rawPath"] == "/raise":
        raise ValueError("made by a test")
    if event["rawPath"] == "/mail":
        sent = boto3.client("sesv2").send_email(
            FromEmailAddress="Signet <hello@example.org>", ConfigurationSetName="signet",
            EmailTags=[{"Name": "workspace", "Value": "main"}],
            Destination={"ToAddresses": [event["body"]]},
            Content={"Simple": {"Subject": {"Data": "Hello"}, "Body": {
                "Text": {"Data": "Hi"},
                "Html": {"Data": '<a href="http://x/t/c/tok?u=1&amp;v=2">go</a><img src="http://x/t/o/tok">'}}}})
        return {"id": sent["MessageId"]}
    body = event["body"]
    boto3.client("sqs").send_message(QueueUrl=os.environ["WORK_QUEUE_URL"], MessageBody=body,
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "test"}})
    return {"statusCode": 202, "body": "{}"}
"""
WORKER = """
import json, os, boto3
seen = []
def handler(event, context):
    seen.append(event)
    failed = []
    for record in event["Records"]:
        work = json.loads(record["body"])
        if work.get("poison"):
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        for number in range(work.get("rows", 1)):
            boto3.client("dynamodb").put_item(TableName=os.environ["TABLE"], Item={
                "pk": {"S": work["id"]}, "sk": {"S": work.get("sk", "message")},
                "n": {"N": str(number)}})
    return {"batchItemFailures": failed}
"""
READER = """
seen = []
broken = set()
def handler(event, context):
    seen.append(event)
    failed = [{"itemIdentifier": r["dynamodb"]["SequenceNumber"]} for r in event.get("Records", [])
              if r["dynamodb"]["Keys"]["pk"]["S"] in broken]
    return {"batchItemFailures": failed[:1], "state": {"calls": len(seen)}}
"""
SWEEPER = """
seen = []
def handler(event, context):
    seen.append(event)
"""


def write_handlers(root: Path, package: str) -> None:
    """Write the handler modules as a package under `root`."""
    sources = {"door": DOOR, "worker": WORKER, "reader": READER, "sweeper": SWEEPER}
    for name, source in sources.items():
        folder = root / package / name
        folder.mkdir(parents=True)
        (folder / "__init__.py").touch()
        (folder / "handler.py").write_text(source)
    (root / package / "__init__.py").touch()


def function(package: str, name: str, **variables: Any) -> dict[str, Any]:
    """Describe one function."""
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Handler": f"{package}.{name}.handler.handler",
            "Timeout": 10,
            "MemorySize": 256,
            "Environment": {"Variables": variables},
        },
    }


def queue(redrive: str | None = None, *, most: int = 3) -> dict[str, Any]:
    """Describe a queue, with a dead-letter queue if named."""
    properties: dict[str, Any] = {"VisibilityTimeout": 60}
    if redrive:
        properties["RedrivePolicy"] = {
            "deadLetterTargetArn": {"Fn::GetAtt": [redrive, "Arn"]},
            "maxReceiveCount": most,
        }
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def mapping(source: dict[str, Any], target: str, **more: Any) -> dict[str, Any]:
    """Describe an event source mapping."""
    properties = {
        "EventSourceArn": source,
        "FunctionName": {"Ref": target},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        **more,
    }
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}


def route(key: str, integration: str = "Integration") -> dict[str, Any]:
    """Describe a route."""
    target = {"Fn::Join": ["", ["integrations/", {"Ref": integration}]]}
    return {
        "Type": "AWS::ApiGatewayV2::Route",
        "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": key, "Target": target},
    }


def template(package: str) -> dict[str, Any]:
    """Describe the whole small stack, with the handlers of a package."""
    text = Path(__file__).with_name("mini.template.json").read_text("utf-8")
    described: dict[str, Any] = json.loads(text.replace("PACKAGE", package))
    return described
