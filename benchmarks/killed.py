"""
Messages under kills: the functions run in a worker that is killed at random calls.

Run it with `signet bench killed`, or `python -m benchmarks.killed --messages 5000 --kills 20`. It
fails where a person has two mails, where a message has no end, and where a mail is missing that
no kill explains.
"""

import argparse
import json
import logging
import sys
import time
from collections import Counter
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from cli.demo.content import CAMPAIGNS, ORDER_THANKS
from cli.demo.doors import Doors, Refused
from cli.output import table
from infra.local.apart import Call
from infra.local.cloud import LocalCloud
from infra.local.kills import Drawn, strayed
from infra.local.poll import QueueMapping
from signet.usecases.deliver import LOT

# Each message is eleven calls, three or four of them in deliver; the kills are drawn among fewer,
# so that all of them happen.
BATCH, STRIDE, CALLS, DELIVER_CALLS = 20, 10, 10, 3
HOUR, QUIET_HOURS, MOST_HOURS = timedelta(hours=1), 3, 100
TERMINAL = {
    "delivered", "bounced", "complained", "skipped", "expired", "cancelled", "rejected", "failed",
}  # fmt: skip
Row = dict[str, Any]
Result = dict[str, Any]


@dataclass(frozen=True)
class Load:
    """
    So many people, each with one order and so one message, and how many kills.

    `only` names the function that is killed, all if empty. `late` lets provider events come hours
    late. `stray` is the mean pause in seconds between further kills at any time; 0 means none.
    """

    messages: int = 5_000
    kills: int = 20
    seed: int = 1
    message_class: str = "once"
    only: str = ""
    late: bool = False
    stray: float = 0.0

    @property
    def drawn(self) -> Drawn:
        """Draw the calls to kill at, anew each time."""
        each = DELIVER_CALLS if self.only else CALLS
        return Drawn(self.seed, kills=self.kills, calls=each * self.messages)

    def calls(self) -> list[Row]:
        """Give the tracked calls of everybody."""
        return [call for number in range(self.messages) for call in calls_of(number)]

    def addresses(self) -> set[str]:
        """Give everybody's address."""
        return {f"person-{number}@example.org" for number in range(self.messages)}


def calls_of(number: int) -> list[Row]:
    """Give the calls of one person."""
    user = f"person-{number}"
    traits = {"email": f"{user}@example.org", "first_name": f"P{number}"}
    ordered = {"event": "Order Completed", "properties": {"total": number}}
    return [
        {"type": "identify", "messageId": f"i-{number}", "userId": user, "traits": traits},
        {"type": "track", "messageId": f"t-{number}", "userId": user, **ordered},
    ]


@dataclass
class Watch:
    """
    Kills where it was drawn, and knows what a kill in deliver does to a claimed message.

    `cut` are those, with their epoch, whose claim was cut off from their mail, `untold` those
    whose mail left and was not recorded.
    """

    cloud: LocalCloud
    only: str
    drawn: Drawn
    number: int = 0
    cut: set[tuple[str, int]] = field(default_factory=set)
    untold: set[str] = field(default_factory=set)

    def __call__(self, call: Call) -> bool:
        """Tell whether to kill the worker at this call."""
        if not call.function.startswith(self.only):
            return False
        self.number += not call.applied
        struck = self.drawn(replace(call, number=self.number))
        if struck and call.function.startswith("Deliver"):
            claimed = [row for row in rows(self.cloud) if row["status"] == "claimed"]
            mailed = self.mailed()
            self.cut |= {(row["id"], row["epoch"]) for row in claimed} - mailed
            self.untold |= {row["id"] for row in claimed if (row["id"], row["epoch"]) in mailed}
        return struck

    def mailed(self) -> set[tuple[str, int]]:
        """Give the messages, and the epochs, that a mail left for."""
        tags = [mail.tags for mail in self.cloud.outbox.letters.values()]
        return {(tag["signet_msg"], int(tag["signet_ep"])) for tag in tags}


def rows(cloud: LocalCloud) -> list[Row]:
    """Give the id, status and epoch of every message, as their rows have them."""
    tables = cloud.emulator.modules["dynamodb"]._tables  # noqa: SLF001 - a scan takes seconds
    (events,) = (table for name, table in tables.items() if "Events" in name)
    items = (kept["message"] for kept in events["items"].values() if "message" in kept)
    return [
        {"id": i["id"]["S"], "status": i["status"]["S"], "epoch": int(i["epoch"]["N"])}
        for i in items
    ]


def measure(load: Load) -> Result:
    """
    Send everybody's order through a local cloud whose worker is killed again and again.

    Returns:
        Figures by name; `kept` tells whether the promise was.
    """
    with LocalCloud(worker=True, frozen=True) as cloud:
        logging.getLogger().setLevel(logging.WARNING)
        campaign = prepare(cloud, load)
        watch = Watch(cloud, load.only, load.drawn)
        cloud.set_kill(watch)
        tell(cloud, told=not load.late)
        began = time.perf_counter()
        stray = strayed(cloud.kill_worker, seed=load.seed, mean=load.stray)
        with stray if load.stray else nullcontext():
            repeats = through(cloud, load.calls())
        hours = settle(cloud)
        if load.late:
            tell(cloud, told=True)
            hours += settle(cloud)
        cloud.set_kill(None)
        figures = {
            "messages": load.messages,
            "class": load.message_class,
            "seconds": round(time.perf_counter() - began, 1),
            "hours_until_silence": hours,
            "requests_repeated": repeats,
        }
        return figures | killed(cloud) | found(load, watch) | counted(cloud, campaign)


def prepare(cloud: LocalCloud, load: Load) -> str:
    """Publish the template and launch the campaign; give its id."""
    doors = Doors(cloud)
    doors.publish(ORDER_THANKS)
    return doors.launch(CAMPAIGNS[0] | {"class": load.message_class})


def tell(cloud: LocalCloud, *, told: bool) -> None:
    """Let provider events be read as they come, or stay in their queue."""
    for mapping in cloud.wired.mappings:
        if isinstance(mapping, QueueMapping) and mapping.url.endswith("ReportQueue"):
            mapping.enabled = told


def through(cloud: LocalCloud, calls: list[Row]) -> int:
    """Send calls in batches, each until it is accepted; give how many had to be sent again."""
    doors, repeats = Doors(cloud), 0
    for at in range(0, len(calls), BATCH):
        while not accepted(doors, calls[at : at + BATCH]):
            repeats += 1
        if at // BATCH % STRIDE == STRIDE - 1:
            cloud.drain()
    return repeats


def accepted(doors: Doors, calls: list[Row]) -> bool:
    """Send one batch; False where the door does not answer it, as it does when killed."""
    try:
        doors.track(calls)
    except Refused:
        return False
    return True


def settle(cloud: LocalCloud) -> int:
    """Let hours pass until no status moves; give how many it took."""
    cloud.drain()
    quiet, before = 0, Counter[str]()
    for hour in range(MOST_HOURS):
        cloud.advance(HOUR)
        now = Counter(row["status"] for row in rows(cloud))
        quiet = quiet + 1 if now == before else 0
        if quiet == QUIET_HOURS:
            return hour + 1 - QUIET_HOURS
        before = now
    return MOST_HOURS


def killed(cloud: LocalCloud) -> Result:
    """Count the workers that died while they ran a function."""
    assert cloud.worker is not None
    deaths = cloud.worker.deaths
    moments = Counter(death.moment for death in deaths)
    where = Counter(death.function.removesuffix("Function").lower() for death in deaths)
    return {
        "kills": len(deaths),
        "kills_before_a_call": moments["before"],
        "kills_after_a_call": moments["after"],
        "kills_between_calls": moments["between"],
        "kills_by_function": dict(where.most_common()),
        "workers": cloud.worker.started,
        "calls": cloud.worker.calls,
    }


def found(load: Load, watch: Watch) -> Result:
    """Compare who has a mail, what the ledger says, and which kills cut a message off."""
    people, ledger = load.addresses(), rows(watch.cloud)
    mails = Counter(m.to[0] for m in watch.cloud.outbox.letters.values() if m.to[0] in people)
    statuses = Counter(row["status"] for row in ledger)
    unmailed = {row["id"] for row in ledger} - {ident for ident, _ in watch.mailed()}
    cut = {ident for ident, _ in watch.cut}
    figures = {
        "statuses": dict(statuses.most_common()),
        "mails": mails.total(),
        "people_with_two_mails": sum(count > 1 for count in mails.values()),
        "people_without_mail": len(people - mails.keys()),
        "cut_off_at_a_call": len(cut),
        "cut_off_between_calls": len(unmailed - cut),
        "mailed_and_not_recorded": len(watch.untold),
        "left_in_queues": sum(watch.cloud.queues.waiting().values()),
    }
    ended = statuses.keys() <= TERMINAL | {"unresolved"} and len(ledger) == load.messages
    happened = not watch.drawn.left and not figures["left_in_queues"]
    alone = not figures["people_with_two_mails"]
    return figures | {
        "kept": ended and happened and alone and explained(load, watch, unmailed),
    }


def explained(load: Load, watch: Watch, unmailed: set[str]) -> bool:
    """
    Tell whether kills explain each message without a mail, and none other is unresolved.

    A message of class once is lost to one kill behind its claim, an assured one to two; and a kill
    cuts off all that were claimed together.
    """
    assert watch.cloud.worker is not None
    deaths = [d for d in watch.cloud.worker.deaths if d.function.startswith("Deliver")]
    cuts = Counter(ident for ident, _ in watch.cut)
    most = 2 if load.message_class == "assured" else 1
    strays = {ident for ident in unmailed if cuts[ident] < most}
    possible = LOT * len(deaths) if load.stray else 0
    return unmailed == unresolved(watch.cloud) and len(strays) <= possible


def unresolved(cloud: LocalCloud) -> set[str]:
    """Give the messages whose fate stays unknown."""
    return {row["id"] for row in rows(cloud) if row["status"] == "unresolved"}


def counted(cloud: LocalCloud, campaign: str) -> Result:
    """Count by the reports."""
    report = Doors(cloud).ask("GET", f"/v1/campaigns/{campaign}/report")
    return {
        "counted_messages": report["messages"],
        "counted_delivered": report["statuses"]["delivered"],
        "counted_unresolved": report["statuses"]["unresolved"],
        "dead_letters": len(Doors(cloud).ask("GET", "/v1/dead-letters")["data"]),
    }


def laid_out(result: Result) -> str:
    """Lay the figures out for people."""
    return table(("figure", "value"), [(name, shown(value)) for name, value in result.items()])


def shown(value: Any) -> Any:
    """Write counts by name in one line."""
    if not isinstance(value, dict):
        return value
    return ", ".join(f"{name} {count}" for name, count in value.items())


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and fail where the promise is not kept."""
    parser = argparse.ArgumentParser(prog="signet bench killed")
    parser.add_argument("--messages", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--class", dest="message_class", choices=("once", "assured"), default="once"
    )
    parser.add_argument("--only", default="", help="the function to kill, such as Deliver")
    parser.add_argument("--late", action="store_true", help="provider events come hours late")
    parser.add_argument("--stray", type=float, default=0.0, help="seconds between further kills")
    parser.add_argument("--json", action="store_true", help="print one JSON line")
    given = vars(parser.parse_args(arguments))
    as_json = given.pop("json")
    if given["kills"] > CALLS * given["messages"]:
        parser.error("there are not so many calls to kill at")
    result = measure(Load(**given))
    sys.stdout.write((json.dumps(result) if as_json else laid_out(result)) + "\n")
    return 0 if result["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
