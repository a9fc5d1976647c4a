"""Hand-overs without their guards, for the mutants; each gets the real one and replaces it."""

from dataclasses import replace
from typing import Any

from signet.domain.message import RANK
from signet.errors import InDoubt, Transient
from signet.ports import Step
from signet.usecases import deliver


def look_first(_real: Any) -> Any:
    """Look before the claim, as if nobody could say anything in between."""

    def lot(ready: Any, desk: Any, *, time_left: Any) -> list[Transient]:
        if not ready:
            return []
        asked = deliver._looked([deliver.Held(one, "", desk.clock.now()) for one in ready], desk)
        faults: list[Transient] = []
        claims = []
        for one, before in zip(ready, asked, strict=True):
            held = deliver._claimed(one, desk, faults)
            claims += [replace(held, rules=before.rules)] if held else []
        deliver._hand_over_all(claims, desk, time_left=time_left)
        return faults

    return lot


def doubt_is_refusal(real: Any) -> Any:
    """Take a lost answer for a refusal."""

    class Mailer:
        def __init__(self, mailer: Any) -> None:
            self._mailer = mailer

        def send(self, outgoing: Any) -> str:
            """Hand over, and take no answer for a refusal."""
            try:
                return str(self._mailer.send(outgoing))
            except InDoubt as error:
                raise Transient(str(error)) from error

        def __getattr__(self, name: str) -> Any:
            return getattr(self._mailer, name)

    def hand_over(claim: Any, desk: Any) -> bool:
        return bool(real(claim, replace(desk, mailer=Mailer(desk.mailer))))

    return hand_over


def repeating(real: Any) -> Any:
    """Let the SDK repeat a send whose answer was lost."""

    def send(self: Any, outgoing: Any) -> str:
        try:
            return str(real(self, outgoing))
        except InDoubt:
            return str(real(self, outgoing))

    return send


def taken_over(_real: Any) -> Any:
    """Take a lapsed claim over, as if nothing could have left under it."""

    def again(message: Any, now: Any, *, ledger: Any) -> bool:
        step = Step(to="planned", at=now, from_statuses=("claimed",), due_at=now)
        return bool(ledger.move(message.workspace, message.id, step))

    return again


def as_assured(real: Any) -> Any:
    """Treat every message as one that may be repeated."""
    return lambda message, now, **ports: real(
        message.model_copy(update={"message_class": "assured"}), now, **ports
    )


def unfenced(real: Any) -> Any:
    """Move a message from anywhere, under anybody's claim."""

    def stepping(step: Step) -> Any:
        every = tuple(RANK)
        return real(replace(step, from_statuses=every, epoch=None, token=None))

    return stepping


class Overwriting:
    """A table whose rows are written over, whatever was to hold."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def get(self, key: Any) -> Any:
        """Read one row."""
        return self._table.get(key)

    def put(self, item: Any, *, condition: Any) -> bool:
        """Write one row."""
        del condition
        return bool(self._table.put(item))


def unconditional_place(real: Any) -> Any:
    """Take a place under a cap over whatever somebody else wrote meanwhile."""

    def reserve(self: Any, workspace: str, everyone: Any, wanted: Any) -> Any:
        return real(type(self)(Overwriting(self._table)), workspace, everyone, wanted)

    return reserve
