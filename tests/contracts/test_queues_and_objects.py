"""
What queues and objects promise, on both emulators.

Known of moto 5.2.5: it takes control characters in a body and 26 items in a batch, honours no
transaction token, and slows with the depth of a queue. Known of MiniStack 1.5.33: it takes a delay
of more than 900 seconds and counts read units without regard to size.
"""

import pytest

from signet.adapters.s3 import S3Objects, StoredTexts
from signet.adapters.sqs import SqsDeadLetters, SqsWorkQueue
from signet.domain.template import TemplateDraft
from signet.domain.work import NoteEngagement, read
from signet.errors import Missing, Poison, Transient
from tests.contracts.conftest import Emulator
from tests.contracts.test_stores import NOW


def _work(number: int, url: str = "") -> NoteEngagement:
    return NoteEngagement(
        workspace="main", message_id=f"m{number}", engagement="opened", at=NOW, url=url
    )


def _received(emulator: Emulator, url: str) -> list[str]:
    bodies: list[str] = []
    while messages := emulator.sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0
    ).get("Messages", []):
        bodies += [message["Body"] for message in messages]
    return bodies


def test_every_work_item_arrives_as_it_was_sent(emulator: Emulator) -> None:
    """More items than one call takes, and letters beyond ASCII, come out unchanged."""
    url = emulator.sqs.create_queue(QueueName="work")["QueueUrl"]
    items = [_work(number, url=f"https://example.org/ö-🦊-\ufffe-{number}") for number in range(23)]
    SqsWorkQueue(emulator.sqs, url).send(items)

    found = sorted((read(body) for body in _received(emulator, url)), key=str)
    assert sorted(items, key=str) == found


def test_a_queue_that_is_not_there_is_a_passing_fault(emulator: Emulator) -> None:
    """The caller hears that it may try again, not the SDK's own error."""
    queue = SqsWorkQueue(emulator.sqs, "https://sqs.us-east-1.amazonaws.com/000000000000/none")

    with pytest.raises(Transient):
        queue.send([_work(1)])


def test_a_dead_letter_carries_its_reason(emulator: Emulator) -> None:
    """The reason and the count ride as attributes, the body as it was."""
    url = emulator.sqs.create_queue(QueueName="dead")["QueueUrl"]
    SqsDeadLetters(emulator.sqs, url).bury("{nonsense", reason="kind: missing", receives=3)

    (message,) = emulator.sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])[
        "Messages"
    ]
    assert "{nonsense" == message["Body"]
    assert "kind: missing" == message["MessageAttributes"]["reason"]["StringValue"]
    assert "3" == message["MessageAttributes"]["receives"]["StringValue"]


def test_a_body_that_is_not_ours_names_the_field(emulator: Emulator) -> None:
    """What cannot be read is poison at first sight."""
    assert emulator.name
    for body in ("{", "[]", '{"kind":"nonsense"}', '{"kind":"note_engagement"}'):
        with pytest.raises(Poison):
            read(body)


def test_an_object_that_is_there_is_kept(emulator: Emulator) -> None:
    """Writing only where nothing is keeps the first bytes, and that is success."""
    emulator.s3.create_bucket(Bucket="objects")
    objects = S3Objects(emulator.s3, "objects")
    objects.put("a/b", b"one", if_absent=True)
    objects.put("a/b", b"two", if_absent=True)

    assert b"one" == objects.get("a/b")
    with pytest.raises(Missing):
        objects.get("a/c")


def test_a_template_text_lies_under_its_own_hash(emulator: Emulator) -> None:
    """The same text is the same object, and reads back whole."""
    emulator.s3.create_bucket(Bucket="texts")
    texts = StoredTexts(S3Objects(emulator.s3, "texts"))
    draft = TemplateDraft(subject="Grüße {{ profile.name }}", text="🦊", sample={"a": [1, None]})
    place, digest = texts.write("main", "hello", draft)

    assert (place, digest) == texts.write("main", "hello", draft)
    assert digest in place
    assert draft == texts.read(place)
