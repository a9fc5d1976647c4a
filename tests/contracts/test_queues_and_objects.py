"""What queues and objects promise, on both emulators and in memory."""

from datetime import timedelta

import pytest

from signet.adapters.s3 import StoredTexts
from signet.adapters.sqs import SqsWorkQueue
from signet.domain.template import TemplateDraft
from signet.domain.work import NoteEngagement, read
from signet.errors import Missing, Poison, Transient
from tests.contracts.conftest import Emulator, Memory, Received
from tests.contracts.test_stores import NOW

Ports = Memory | Emulator


def _work(number: int, url: str = "") -> NoteEngagement:
    return NoteEngagement(
        workspace="main", message_id=f"m{number}", engagement="opened", at=NOW, url=url
    )


def test_every_work_item_arrives_as_it_was_sent(emulator: Ports) -> None:
    """More items than one call takes, and letters beyond ASCII, come out unchanged."""
    items = [_work(number, url=f"https://example.org/ö-🦊-\ufffe-{number}") for number in range(23)]
    emulator.queue("work").send(items)

    found = sorted((read(one.body) for one in emulator.received("work")), key=str)
    assert sorted(items, key=str) == found


def test_delayed_work_is_hidden_at_first(emulator: Ports) -> None:
    """What is sent with a delay is not received at once."""
    queue = emulator.queue("work")
    queue.send([_work(1)], delay=timedelta(seconds=90))
    queue.send([_work(2)])

    assert [_work(2)] == [read(one.body) for one in emulator.received("work")]


def test_a_received_body_is_hidden_for_a_while(emulator: Ports) -> None:
    """Two receivers do not get the same body at the same time."""
    emulator.queue("work").send([_work(1)])

    assert [1, 0] == [len(emulator.received("work")) for _ in range(2)]


def test_a_queue_that_is_not_there_is_a_passing_fault(emulator: Ports) -> None:
    """The caller hears that it may try again, not the SDK's own error."""
    if isinstance(emulator, Memory):
        pytest.skip("a queue in memory is always there")
    queue = SqsWorkQueue(emulator.sqs, "https://sqs.us-east-1.amazonaws.com/000000000000/none")

    with pytest.raises(Transient):
        queue.send([_work(1)])


def test_a_dead_letter_carries_its_reason(emulator: Ports) -> None:
    """The reason and the count ride as attributes, the body as it was."""
    emulator.queue("dead").bury("{nonsense", reason="kind: missing", receives=3)

    assert [Received("{nonsense", "kind: missing", "3")] == emulator.received("dead")


def test_a_body_that_is_not_ours_names_the_field() -> None:
    """What cannot be read is poison at first sight."""
    for body in ("{", "[]", '{"kind":"nonsense"}', '{"kind":"note_engagement"}'):
        with pytest.raises(Poison):
            read(body)


def test_an_object_that_is_there_is_kept(emulator: Ports) -> None:
    """Writing only where nothing is keeps the first bytes, and that is success."""
    objects = emulator.objects("objects")
    objects.put("a/b", b"one", if_absent=True)
    objects.put("a/b", b"two", if_absent=True)

    assert b"one" == objects.get("a/b")
    with pytest.raises(Missing):
        objects.get("a/c")


def test_objects_are_listed_by_prefix_in_order(emulator: Ports) -> None:
    """The names come sorted, others do not come; a list may begin behind one of them."""
    objects = emulator.objects("listed")
    for name in ("b/2", "b/dt=1", "b/1", "a/1", "b0"):
        objects.put(name, b"")

    assert ["b/1", "b/2", "b/dt=1"] == list(objects.names("b/"))
    assert ["b/2", "b/dt=1"] == list(objects.names("b/", after="b/1"))
    assert ["b/dt=1"] == list(objects.names("b/", after="b/dt=0"))


def test_the_epoch_moves_only_from_where_it_was_read(emulator: Ports) -> None:
    """Whoever read an older epoch changes nothing."""
    epoch = emulator.epoch()

    assert 0 == epoch.read()
    assert [True, False, True] == [
        epoch.advance(0, 1), epoch.advance(0, 1), epoch.advance(1, 5)
    ]  # fmt: skip
    assert 5 == epoch.read()


def test_a_template_text_lies_under_its_own_hash(emulator: Ports) -> None:
    """The same text is the same object, and reads back whole."""
    texts = StoredTexts(emulator.objects("texts"))
    draft = TemplateDraft(subject="Grüße {{ profile.name }}", text="🦊", sample={"a": [1, None]})
    place, digest = texts.write("main", "hello", draft)

    assert (place, digest) == texts.write("main", "hello", draft)
    assert digest in place
    assert draft == texts.read(place)
