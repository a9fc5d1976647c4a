"""A bounce that comes back as a mail, through bucket, bus, preprocess and report (row 42)."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.local.cloud import LocalCloud
from tests.local.journey import get, identify, open_shop, order
from tests.unit.arrivals.writing import complaint, fields, report


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """Open the shop, and let Ada's mail leave."""
    with LocalCloud() as running:
        open_shop(running)
        identify(running, "ada", email="ada@example.org", first_name="Ada")
        order(running, "ada", number="1")
        running.drain()
        yield running


def bring(raw: bytes, key: str) -> None:
    """Put a mail where a receipt rule of SES puts it."""
    client: Any = boto3.client("s3")
    buckets = [one["Name"] for one in client.list_buckets()["Buckets"]]
    bucket = next(name for name in buckets if "intake" in name)
    client.put_object(Bucket=bucket, Key=key, Body=raw)


def original(cloud: LocalCloud) -> str:
    """Give the headers of the mail that left, as its recipient's system would send them back."""
    (letter,) = cloud.outbox.letters.values()
    return letter.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode() + "\n"


def outcome(cloud: LocalCloud) -> tuple[str, list[str]]:
    """Give the status of Ada's message, and why addresses are left alone."""
    profile = get(cloud, "/v1/profiles?identifier=external_id:ada")["id"]
    (message,) = get(cloud, f"/v1/messages?profile_id={profile}")["data"]
    return message["status"], [one["reason"] for one in get(cloud, "/v1/suppressions")["data"]]


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda sent: report(fields("5.1.1"), original=sent), ("bounced", ["bounce"])),
        (lambda sent: report(fields("5.2.2"), original=sent), ("bounced", [])),
        (
            lambda sent: complaint("Feedback-Type: abuse\nVersion: 1\n", original=sent),
            ("complained", ["complaint"]),
        ),
        (
            lambda sent: report(fields("5.1.1", final="rfc822; eve@example.org"), original=sent),
            ("delivered", []),
        ),
    ],
    ids=["for ever", "for a while", "a complaint", "of another address"],
)
def test_a_mail_that_came_back_settles_the_message_that_left(
    cloud: LocalCloud, write: Any, expected: tuple[str, list[str]]
) -> None:
    """It is the report of a provider, whichever way it came, and twice is once."""
    sent = original(cloud)
    for number in range(2):
        bring(write(sent), f"inbound/main/back-{number}")

    cloud.drain()

    assert expected == outcome(cloud)
    assert [] == get(cloud, "/v1/dead-letters")["data"]


def test_every_mail_carries_its_message(cloud: LocalCloud) -> None:
    """A provider's own Message-ID would tell us nothing when the mail comes back."""
    (letter,) = cloud.outbox.letters.values()

    assert f"X-Message: {letter.tags['signet_msg']}\n" in original(cloud)
