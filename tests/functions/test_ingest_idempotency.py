"""The idempotency table behind repeated POSTs."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from signet.domain.request import Unprocessable
from signet.errors import Conflict, Transient
from signet.runtime.idempotency import Body, TableOnce, key_of


@pytest.fixture
def once(monkeypatch: pytest.MonkeyPatch) -> Iterator[TableOnce]:
    """Make the table in a fake AWS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="once",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield TableOnce("once")


def test_work_is_done_once(once: TableOnce) -> None:
    """The second call hears what the first one heard."""
    done: list[int] = []

    def work() -> Body:
        done.append(1)
        return {"n": len(done)}

    answers = [once("k", scope="main:POST:/x", fingerprint="f", work=work) for _ in range(3)]
    other = once("k", scope="other:POST:/x", fingerprint="f", work=work)

    assert [{"n": 1}] * 3 == answers
    assert {"n": 2} == other


def test_other_body_does_not_fit(once: TableOnce) -> None:
    """A key names one request."""
    once("k", scope="s", fingerprint="f", work=dict)

    with pytest.raises(Unprocessable):
        once("k", scope="s", fingerprint="g", work=dict)


def test_repeat_in_flight_is_a_conflict(once: TableOnce) -> None:
    """While the first call runs, nobody may guess its answer."""

    def work() -> Body:
        with pytest.raises(Conflict):
            once("k", scope="s", fingerprint="f", work=dict)
        return {"first": True}

    assert {"first": True} == once("k", scope="s", fingerprint="f", work=work)


def test_failed_work_frees_the_key(once: TableOnce) -> None:
    """An error of the work is its own error, and the next call may try again."""

    def fail() -> Body:
        raise Transient("away")

    with pytest.raises(Transient):
        once("k", scope="s", fingerprint="f", work=fail)

    assert {"n": 1} == once("k", scope="s", fingerprint="f", work=lambda: {"n": 1})


def test_missing_table_is_transient(once: TableOnce) -> None:
    """A table that cannot be asked is our trouble, not the caller's."""
    del once
    with pytest.raises(Transient):
        TableOnce("nope")("k", scope="s", fingerprint="f", work=dict)


@pytest.mark.parametrize(
    ("header", "key"), [("abc-1", "abc-1"), ('"abc-1"', "abc-1"), ('"a \\"b\\\\"', 'a "b\\')]
)
def test_key_is_a_token_or_a_quoted_string(header: str, key: str) -> None:
    """The draft wants a quoted string, and everybody sends it bare."""
    assert key == key_of({"idempotency-key": header})
