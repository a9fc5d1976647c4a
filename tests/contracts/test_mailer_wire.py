"""What leaves for the provider, counted where it arrives: one request for each hand-over."""

import base64
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ReadTimeoutError,
)

from functions.deliver import wiring as deliver
from functions.upkeep import wiring as upkeep
from signet.adapters import aws
from signet.domain.waiting import CALL
from signet.errors import InDoubt, Permanent, SignetError, Throttled, Transient
from signet.ports import Mailer, Outgoing
from tests.contracts.provider_end import (
    ProviderEnd,
    Reaction,
    answer,
    hang_up,
    provider_end,
    refuse,
    reset,
    self_signed,
)

MAIL = Outgoing(
    workspace="main",
    message_id="m1",
    epoch=0,
    sender="Signet <hello@example.org>",
    recipient="ada@example.org",
    raw=b"Subject: Hello\r\n\r\nHello",
)
# Each way in which the provider may answer or fail to, and what the caller is told to do next.
ANSWERED: dict[str, tuple[Reaction, type[SignetError]]] = {
    "500": (refuse(500, "InternalFailure"), InDoubt),
    "503": (refuse(503, "ServiceUnavailable"), InDoubt),
    "502 of a proxy": (answer(502, b"<html>Bad Gateway</html>"), InDoubt),
    "429": (refuse(429, "TooManyRequestsException"), Throttled),
    "400 too many": (refuse(400, "TooManyRequestsException"), Throttled),
    "400 throttling": (refuse(400, "ThrottlingException"), Throttled),
    "400 quota": (refuse(400, "LimitExceededException"), Throttled),
    "400 paused": (refuse(400, "SendingPausedException"), Transient),
    "400 suspended": (refuse(400, "AccountSuspendedException"), Transient),
    "400 domain": (refuse(400, "MailFromDomainNotVerifiedException"), Transient),
    "403 clock": (refuse(403, "InvalidSignatureException"), Transient),
    "403 token": (refuse(403, "ExpiredTokenException"), Transient),
    "403 grant": (refuse(403, "AccessDeniedException"), Transient),
    "408": (refuse(408, "RequestTimeoutException"), Transient),
    "400 rejected": (refuse(400, "MessageRejected"), Permanent),
    "400 bad": (refuse(400, "BadRequestException"), Permanent),
    "404": (refuse(404, "NotFoundException"), Permanent),
    "reset": (reset, InDoubt),
    "hung up": (hang_up, InDoubt),
    "cut off": (answer(200, {"MessageId": "provider-1"}, length=500), InDoubt),
    "200 without an id": (answer(200, {}), InDoubt),
    "200 of another kind": (answer(200, [1]), InDoubt),
    "200 no JSON": (answer(200, b"<html>It works!</html>"), InDoubt),
    "200 empty": (answer(200, b""), InDoubt),
}
# What the SDK raises before or while it sends, without anybody waiting for it.
URL: dict[str, Any] = {"endpoint_url": "https://email.us-east-1.amazonaws.com"}
RAISED: dict[str, tuple[Exception, type[SignetError]]] = {
    "read time-out": (ReadTimeoutError(**URL), InDoubt),
    "closed": (ConnectionClosedError(**URL), InDoubt),
    "unknown": (HTTPClientError(error="?"), InDoubt),
    "connect time-out": (ConnectTimeoutError(**URL), Transient),
    "no such host": (EndpointConnectionError(**URL), Transient),
    "no credentials": (NoCredentialsError(), Transient),
}
# Whoever runs the functions may wish for retries here; the mailer must not listen.
WISHES = {"AWS_MAX_ATTEMPTS": "9", "AWS_RETRY_MODE": "standard"}


@dataclass
class Wired:
    """A mailer as a function is wired with it, its client, and what the client tried."""

    mailer: Mailer
    client: Any
    tried: list[str]


@pytest.fixture
def end() -> Iterator[ProviderEnd]:
    """Stand in the provider's place."""
    with provider_end() as found:
        yield found


@pytest.fixture
def wired(end: ProviderEnd) -> Iterator[Wired]:
    """Build deliver's ports as its cold start does, with the provider at our end."""
    with told(deliver, end.url):
        mailer, tried = deliver.build().desk.mailer, []
        client = aws.client("sesv2", retries=False)
        client.meta.events.register("before-send", lambda event_name, **_: tried.append(event_name))
        yield Wired(mailer, client, tried)


@contextmanager
def told(function: Any, url: str) -> Iterator[None]:
    """Set the environment of a function, and forget the clients that others made."""
    names = [name.upper() for name in function.Settings.model_fields]
    os.environ.update(dict.fromkeys(names, "none") | WISHES | {"AWS_ENDPOINT_URL_SESV2": url})
    forget()
    yield
    forget()


def forget() -> None:
    """Forget the clients of this process, which go to other places."""
    aws.client.cache_clear()
    aws._session.cache_clear()  # noqa: SLF001 - the session has no other door


@pytest.mark.parametrize("name", ANSWERED)
def test_one_request_leaves_when_the_provider_answers(
    wired: Wired, end: ProviderEnd, name: str
) -> None:
    """Whatever arrives, the SDK asks once; only a definite refusal may be tried again by us."""
    end.react, kind = ANSWERED[name]

    with pytest.raises(kind) as raised:
        wired.mailer.send(MAIL)

    assert kind is type(raised.value)
    assert (1, 1) == (len(end.requests), len(wired.tried))


@pytest.mark.parametrize("name", RAISED)
def test_one_attempt_is_made_when_the_connection_fails(
    wired: Wired, end: ProviderEnd, name: str
) -> None:
    """A request that may have left is in doubt, one that cannot have left may go again later."""
    fault, kind = RAISED[name]

    def fail(**_: object) -> None:
        raise fault

    wired.client.meta.events.register("before-send", fail)
    with pytest.raises(kind) as raised:
        wired.mailer.send(MAIL)

    assert kind is type(raised.value)
    assert (0, 1) == (len(end.requests), len(wired.tried))


def test_one_attempt_is_made_when_nobody_listens() -> None:
    """A refused connection is a definite refusal: no byte of the mail has left."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with told(deliver, f"http://127.0.0.1:{taken.getsockname()[1]}"):
            mailer, tried = deliver.build().desk.mailer, []
            client = aws.client("sesv2", retries=False)
            client.meta.events.register("before-send", lambda **_: tried.append(1))
            with pytest.raises(Transient, match="no connection"):
                mailer.send(MAIL)

    assert [1] == tried


def test_nothing_leaves_when_the_certificate_is_nobodys(tmp_path: Path) -> None:
    """The handshake comes before the mail, so whoever fails it has seen none."""
    with provider_end(certificate=self_signed(tmp_path / "end.pem")) as end, told(deliver, end.url):
        mailer = deliver.build().desk.mailer
        with pytest.raises(Transient, match="no connection"):
            mailer.send(MAIL)

    assert ([], 0) == (end.requests, end.connections)


def test_idle_connection_that_was_closed_puts_no_mail_in_doubt(
    wired: Wired, end: ProviderEnd
) -> None:
    """A warm container finds its old connection closed, and opens another before it sends."""
    wired.mailer.send(MAIL)
    end.drop_all()

    assert "provider-1" == wired.mailer.send(MAIL)
    assert (2, 2, 2) == (len(end.requests), len(wired.tried), end.connections)


def test_mails_share_a_connection_and_nothing_else(wired: Wired, end: ProviderEnd) -> None:
    """Each request holds its own mail, address and tags, and nothing of the one before it."""
    other = replace(MAIL, workspace="other", message_id="m2", epoch=1, recipient="eve@example.org")
    for mail in (MAIL, replace(other, raw=b"Subject: Other")):
        wired.mailer.send(mail)

    told = [json.loads(request) for request in end.requests]
    assert 1 == end.connections
    assert [["ada@example.org"], ["eve@example.org"]] == [
        one["Destination"]["ToAddresses"] for one in told
    ]
    assert [["main", "m1", "0"], ["other", "m2", "1"]] == [
        [tag["Value"] for tag in one["EmailTags"]] for one in told
    ]
    assert [MAIL.raw, b"Subject: Other"] == [
        base64.b64decode(one["Content"]["Raw"]["Data"]) for one in told
    ]


@pytest.mark.parametrize("function", [deliver, upkeep])
def test_mailers_wait_two_and_eight_seconds_and_never_retry(
    end: ProviderEnd, function: Any
) -> None:
    """No wish of the environment changes it; together they are what a hand-over may take."""
    with told(function, end.url):
        ports = function.build()
        mailer = ports.desk.mailer if function is deliver else ports.rounds.mailer
        client = aws.client("sesv2", retries=False)
        end.react = refuse(503, "ServiceUnavailable")
        with pytest.raises(InDoubt):
            mailer.send(MAIL)
        found = client.meta.config

    assert 1 == len(end.requests)
    assert 1 == found.retries["total_max_attempts"]
    assert (2, 8, CALL) == (
        found.connect_timeout,
        found.read_timeout,
        timedelta(seconds=found.connect_timeout + found.read_timeout),
    )
