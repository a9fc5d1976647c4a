"""
`python -m tests.local.alarming`: everything that must wake somebody happens once.

A process of its own, because a function's log is the standard output of its process.
"""

import json

import boto3

from infra.local.cloud import LocalCloud
from signet.adapters.s3 import EPOCH
from tests.local.journey import OWNER, WRITE, identify, open_shop, order, post

BOUNCES = 20


def bury(cloud: LocalCloud) -> None:
    """Let a record become a dead letter."""
    sqs = boto3.client("sqs")
    urls = sqs.list_queues()["QueueUrls"]
    url = next(known for known in urls if known.endswith("PreprocessQueue"))
    sqs.send_message(QueueUrl=url, MessageBody='{"kind": "nonsense"}')
    cloud.drain()


def send_nonsense(cloud: LocalCloud) -> None:
    """Let two calls of a batch be such that nobody can take them."""
    bad = [{"type": "dance", "event": "a secret"}, {"type": "track", "userId": "u", "secret": 1}]
    good = {"type": "track", "userId": "u", "event": "Came"}
    post(cloud, "/v1/batch", {"batch": [*bad, good]}, headers=WRITE)


def bounce(cloud: LocalCloud) -> None:
    """Let so many mails come back that sending stops itself."""
    open_shop(cloud)
    for number in range(BOUNCES):
        identify(cloud, f"u{number}", email=f"u{number}@example.org", first_name="Ada")
        order(cloud, f"u{number}", number=str(number))
    cloud.drain()
    for mail in cloud.outbox.list():
        cloud.outbox.react(mail["id"], "bounce", {})
    cloud.drain()


def fall_behind(cloud: LocalCloud) -> None:
    """Let the ledger's beat be older than the one in the content bucket, as after a restore."""
    s3 = boto3.client("s3")
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    content = next(name for name in names if "content" in name)
    s3.put_object(Bucket=content, Key=EPOCH, Body=b"1000")
    cloud.invoker.call("UpkeepFunction", {"duty": "beat"})


def forge(cloud: LocalCloud) -> None:
    """Let somebody send to a source who does not have its secret."""
    signature = {"scheme": "typeform", "secrets": ["first-secret"]}
    draft = json.dumps({"kind": "web_form", "signature": signature})
    cloud.http("PUT", "/v1/sources/quiz", headers=OWNER, body=draft)
    cloud.http("POST", "/v1/sources/quiz", headers=WRITE, body='{"email": "eve@example.org"}')


def ask_to_stop(cloud: LocalCloud) -> None:
    """Let somebody ask in their own words to hear no more."""
    mapping = {"phone": "from", "feedback": {"text": "said", "kind": "'sms'"}}
    draft = json.dumps({"kind": "app", "mapping": mapping})
    cloud.http("PUT", "/v1/sources/texts", headers=OWNER, body=draft)
    said = '{"from": "+447700900123", "said": "please stop texting me"}'
    cloud.http("POST", "/v1/sources/texts", headers=WRITE, body=said)
    cloud.drain()


def main() -> None:
    """Let all of it happen."""
    with LocalCloud() as cloud:
        bury(cloud)
        forge(cloud)
        ask_to_stop(cloud)
        send_nonsense(cloud)
        bounce(cloud)
        fall_behind(cloud)


if __name__ == "__main__":
    main()
