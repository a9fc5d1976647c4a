"""What clocks, chance, the bus and the mailer promise, in memory as in their deployed form."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from botocore.session import get_session

from infra.local.cloud import LocalCloud
from signet.adapters.channels.ses import SesMailer
from signet.adapters.eventbridge import EventBridgeFacts
from signet.adapters.memory.world import MemoryFacts, MemoryMailer, SeededRandom, SetClock
from signet.clock import SystemClock
from signet.errors import Permanent
from signet.ids import SystemRandom, fresh
from signet.ports import Clock, Mailer, Outgoing, Random
from tests.contracts.conftest import Emulator, Memory, running

RAW = b"From: hello@example.org\r\nTo: ada@example.org\r\nSubject: Hi\r\n\r\nHello"
MAIL = Outgoing(
    workspace="main",
    message_id="m1",
    epoch=1,
    sender="Signet <hello@example.org>",
    recipient="ada@example.org",
    raw=RAW,
)
SENDING = {
    "Resources": {
        "Identity": {
            "Type": "AWS::SES::EmailIdentity",
            "Properties": {"EmailIdentity": "example.org"},
        },
        "Set": {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": "set"}},
    }
}
TAGS = {"signet_ws": "main", "signet_msg": "m1", "signet_ep": "1"}
FACTS: list[dict[str, object]] = [
    {"id": str(n), "source": "signet:report", "type": "signet.message.sent", "data": {"ö": n}}
    for n in range(23)
]


@pytest.mark.parametrize("clock", [SystemClock(), SetClock(datetime(2026, 11, 24, tzinfo=UTC))])
def test_a_clock_tells_aware_moments_that_never_go_back(clock: Clock) -> None:
    """Every moment is in UTC and not before the last one."""
    moments = [clock.now() for _ in range(100)]

    assert {timedelta(0)} == {moment.utcoffset() for moment in moments}
    assert sorted(moments) == moments


@pytest.mark.parametrize("random", [SystemRandom(), SeededRandom("a")])
def test_chance_gives_as_many_bytes_as_asked_and_never_the_same(random: Random) -> None:
    """Tokens of any length differ, and so do the ids made of them."""
    assert [0, 1, 16, 100] == [len(random.token(size)) for size in (0, 1, 16, 100)]
    assert 1_000 == len({fresh(random.token(16)) for _ in range(1_000)})


def test_seeded_chance_comes_again() -> None:
    """The same seed gives the same tokens, another seed others."""
    first, again, other = (SeededRandom(seed) for seed in ("a", "a", "b"))

    assert first.token(40) == again.token(40) != other.token(40)


def test_facts_arrive_whole(emulator: Memory | Emulator) -> None:
    """More facts than one call takes come out with their source, type and envelope."""
    if isinstance(emulator, Memory):
        facts = MemoryFacts()
        facts.publish(FACTS)
        assert FACTS == facts.published
        return
    events = get_session().create_client("events")
    events.create_event_bus(Name="facts")
    emulator.queue("heard")
    url = emulator.sqs.get_queue_url(QueueName="heard")["QueueUrl"]
    told = emulator.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    pattern = json.dumps({"source": [{"prefix": "signet:"}]})
    events.put_rule(Name="all", EventBusName="facts", EventPattern=pattern)
    target = {"Id": "heard", "Arn": told["Attributes"]["QueueArn"]}
    events.put_targets(Rule="all", EventBusName="facts", Targets=[target])
    EventBridgeFacts(events, "facts").publish(FACTS)

    heard = [json.loads(one.body) for one in emulator.received("heard")]
    assert {("signet:report", "signet.message.sent")} == {
        (one["source"], one["detail-type"]) for one in heard
    }
    assert FACTS == sorted((one["detail"] for one in heard), key=lambda fact: int(fact["id"]))


@dataclass
class Post:
    """A mailer, and a look at what it took: recipient, bytes, tags."""

    mailer: Mailer
    took: Callable[[], list[tuple[str, bytes, dict[str, str]]]]
    tells_rate: bool = True


@pytest.fixture(params=["memory", "moto", "local cloud"])
def post(request: pytest.FixtureRequest, emulated: None) -> Iterator[Post]:
    """Give a mailer of each kind."""
    if request.param == "memory":
        mailer = MemoryMailer()
        yield Post(
            mailer, lambda: [(mail.recipient, mail.raw, tags(mail)) for mail in mailer.taken]
        )
    elif request.param == "moto":
        with running("moto"):
            yield _moto()
    else:
        with LocalCloud(SENDING) as cloud:
            client = get_session().create_client("sesv2")
            letters = cloud.outbox.letters
            yield Post(
                SesMailer(client, "set"),
                lambda: [(letter.to[0], letter.raw, letter.tags) for letter in letters.values()],
            )


def tags(mail: Outgoing) -> dict[str, str]:
    """Give a mail's tags as the provider gets them."""
    epoch = str(mail.epoch)
    return {"signet_ws": mail.workspace, "signet_msg": mail.message_id, "signet_ep": epoch}


def _moto() -> Post:
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.ses import ses_backends

    client = get_session().create_client("sesv2")
    client.create_email_identity(EmailIdentity="hello@example.org")
    client.create_configuration_set(ConfigurationSetName="set")
    sent = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages

    def took() -> list[tuple[str, bytes, dict[str, str]]]:
        # moto keeps no tags of raw mails.
        return [(mail.destinations[0], mail.raw_data.encode(), TAGS) for mail in sent]

    return Post(SesMailer(client, "set"), took, tells_rate=False)


def test_a_mail_leaves_byte_for_byte_with_its_tags(post: Post) -> None:
    """Each hand-over is a mail of its own with an id of its own; nothing is folded together."""
    ids = [post.mailer.send(MAIL) for _ in range(2)]

    assert 2 == len(set(ids)) == len([one for one in ids if one])
    assert [("ada@example.org", RAW, TAGS)] * 2 == post.took()


def test_a_mailer_tells_its_rate(post: Post) -> None:
    """The pace starts from what the provider says."""
    if not post.tells_rate:
        pytest.skip("moto knows no account of SES v2")

    assert post.mailer.quota() > 0


def test_a_refused_mail_is_refused_for_good(post: Post) -> None:
    """A configuration set that is not there is the caller's fault, and nothing leaves."""
    if not isinstance(post.mailer, SesMailer) or not post.tells_rate:
        pytest.skip("only SES and its double know configuration sets")
    mailer = SesMailer(get_session().create_client("sesv2"), "none")

    with pytest.raises(Permanent, match="NotFound"):
        mailer.send(MAIL)
    assert [] == post.took()
