"""`signet simulate` and its parts; run with `python -m tests.simulator --help`."""

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.simulator.marks import REQUIRED
from tests.simulator.mutants import BY_NAME, MUTANTS, Mutant
from tests.simulator.run import (
    REFERENCES,
    Schedule,
    decisions,
    quiet,
    random_schedules,
    run,
    shrink,
)
from tests.simulator.slices import Share, Tally, run_share, run_shares, shared

SEEDS = Path(__file__).with_name("seeds")
# Of a run this long every state, refusal and recovery must have been reached by some schedule.
LONG = 10_000
# A mutant that lives as long as this is said to survive.
MUTANT_LIFE = 2_500
RATES = (0.001, 0.01, 0.05)
# Of what every story may be made, beside what some are of anyway.
NEEDS = ("capped", "clicks", "brink", "intake", "minds", "restore", "ruled", "rush", "tardy")
# Of ten kinds of faults each; with more, nearly every call would fail.
MOST = 0.09


def tell(what: str) -> None:
    """Say something to people; data goes to standard output."""
    sys.stderr.write(what + "\n")


def progress(total: int) -> Callable[[int], None]:
    """Give what shows how far a run is."""
    said = [0]

    def show(done: int) -> None:
        if done - said[0] >= max(500, total // 20):
            said[0] = done
            tell(f"  {done} of {total} schedules")

    return show


def simulate(given: argparse.Namespace) -> int:
    """Run many random schedules, shared out among processes."""
    share = Share(
        first=given.first,
        count=given.schedules,
        rate=given.rate,
        needs=tuple(given.needs),
        mutants=tuple(given.without),
    )
    tally = run_shares(shared(share, given.jobs), progress(given.schedules))
    judged = tally.schedules >= LONG and not given.without and not given.needs
    missing = sorted(REQUIRED - set(tally.marks)) if judged else []
    rows = _rows(tally) | {"never reached": ", ".join(missing) or "-"}
    _out(given, rows, {**vars(tally), "per_minute": tally.per_minute, "missing": missing})
    _tell_broken(tally, given.without)
    if not given.without:
        _keep(tally)
    return int(bool(tally.broken) or bool(missing))


def sweep(given: argparse.Namespace) -> int:
    """Run the reference stories with every single fault at every single call."""
    quiet()
    asked = sum(len(decisions(told)) for told in REFERENCES)
    tally = run_shares(shared(Share(kind="sweep"), given.jobs), progress(3_000))
    rows = {"decisions": asked, **_rows(tally)}
    rows |= {f"with {kind}": count for kind, count in sorted(tally.faults.items())}
    _out(given, rows, {"decisions": asked, **vars(tally)})
    _tell_broken(tally, [])
    _keep(tally)
    return int(bool(tally.broken))


def table(given: argparse.Namespace) -> int:
    """Compare protocols on the same schedules: doubles, lost, unresolved."""
    rows: list[dict[str, Any]] = []
    for rate in given.rates:
        for naive, message_class in (
            ("send-then-mark", "once"), ("decorator", "once"), ("", "once"), ("", "assured"),
        ):  # fmt: skip
            share = Share(
                first=given.first,
                count=given.schedules,
                rate=rate,
                needs=(message_class,),
                naive=naive,
            )
            tally = run_shares(shared(share, given.jobs))
            rows.append(_compared(rate, naive or f"claim, {message_class}", tally))
            tell("  " + "  ".join(f"{name}: {value}" for name, value in rows[-1].items()))
    _out_table(given, rows)
    ours = [row for row in rows if row["protocol"] == "claim, once"]
    return int(any(row["doubled messages"] or row["lost"] for row in ours))


def _compared(rate: float, name: str, tally: Tally) -> dict[str, Any]:
    by_status: Counter[str] = Counter()
    for key, count in tally.statuses.items():
        by_status[key.partition(":")[2]] += count
    waiting = sum(by_status[status] for status in ("planned", "held", "claimed", "in_doubt"))
    return {
        "rate": rate,
        "protocol": name,
        "schedules": tally.schedules,
        "messages": sum(by_status.values()),
        "schedules with a double": tally.doubled,
        "doubled messages": tally.doubles,
        "consent or stop broken in": tally.invariants["I3"],
        "lost": waiting + tally.invariants["I1"],
        "unresolved": by_status["unresolved"],
    }


def mutants(given: argparse.Namespace) -> int:
    """Take away one guard after another and see whether some schedule notices."""
    chosen = [m for m in MUTANTS if not given.only or m.name in given.only]
    rows = [_hunted(mutant, given) for mutant in chosen]
    _out_table(given, rows)
    alive = [row["mutant"] for row in rows if row["alone"] == "survives" and not row["together"]]
    tell(f"{sum(r['alone'] != 'survives' for r in rows)} of {len(rows)} are killed alone")
    return int(bool(alive))


def _hunted(mutant: Mutant, given: argparse.Namespace) -> dict[str, Any]:
    alone = _kill(mutant, (mutant.name,), given)
    together = ""
    if mutant.backed_by:
        together = _kill(mutant, (mutant.name, mutant.backed_by), given)
    row = {
        "mutant": mutant.name,
        "alone": alone or "survives",
        "backed by": mutant.backed_by,
        "together": together,
    }
    tell("  " + "  ".join(f"{value}" for value in row.values() if value))
    return row


def _kill(mutant: Mutant, names: tuple[str, ...], given: argparse.Namespace) -> str:
    """Tell by which schedule, and through which invariant, mutants are noticed."""
    share = Share(
        first=50_000,
        count=given.schedules or MUTANT_LIFE,
        rate=mutant.rate,
        needs=tuple(sorted(mutant.needs)),
        mutants=names,
        until_broken=True,
    )
    tally = run_shares(shared(share, given.jobs)) if given.jobs > 1 else run_share(share)
    if not tally.broken:
        return ""
    first = min(tally.broken, key=lambda broken: int(broken["after"]))
    return f"schedule {first['after']}: {first['violations'][0].partition(':')[0]}"


def replay(given: argparse.Namespace) -> int:
    """Run one seed again, print its trace, and shrink what it breaks."""
    quiet()
    with ExitStack() as stack:
        for name in given.without:
            stack.enter_context(BY_NAME[name].living())
        result = run(_again(given.seed, given.rate))
        if result.broken:
            tell("shrinking")
            result = shrink(result)
    lines = result.lines if not given.json else []
    sys.stdout.write("\n".join(lines) + ("\n" if lines else ""))
    rows = {
        "trace": result.trace,
        "calls": result.calls,
        "faults": ", ".join(f"{f.number} {f.where} {f.kind}" for f in result.injected) or "-",
        "violations": "; ".join(f"{v.invariant}: {v.what}" for v in result.violations) or "-",
    }
    _out(given, rows, rows)
    return int(result.broken)


def _again(seed: str, rate: float) -> Schedule:
    """Find what a seed stands for: a kept failure, one of the random ones, or a name."""
    known = SEEDS / f"{seed}.json"
    if known.exists():
        return _of_file(known)
    if seed.isdecimal():
        return next(random_schedules(int(seed), 1, rate=rate))
    return next((told for told in REFERENCES if told.seed == seed), Schedule(seed, rate))


def regression() -> list[Schedule]:
    """Give every schedule that ever broke a promise."""
    return [_of_file(path) for path in sorted(SEEDS.glob("*.json"))]


def _of_file(path: Path) -> Schedule:
    kept = json.loads(path.read_text("utf-8"))
    return Schedule(
        seed=kept["seed"],
        rate=kept["rate"],
        swarm=kept["swarm"],
        needs=frozenset(kept["needs"]),
        script={int(n): kind for n, kind in kept["script"].items()} if kept["script"] else None,
    )


def _keep(tally: Tally) -> None:
    """Keep what broke a promise as a file, which the tests run for ever after."""
    for broken in tally.broken:
        path = SEEDS / f"{broken['seed']}.json"
        path.write_text(json.dumps(broken, indent=1, sort_keys=True) + "\n", "utf-8")


def _tell_broken(tally: Tally, without: Sequence[str]) -> None:
    """Say what broke a promise, and how to see it again."""
    more = "".join(f" --without '{name}'" for name in without)
    for broken in tally.broken:
        tell(f"broken: {broken['violations'][0]}")
        tell(f"  again: signet simulate --seed {broken['seed']} --rate {broken['rate']}{more}")


def _rows(tally: Tally) -> dict[str, Any]:
    messages = sum(tally.statuses.values())
    return {
        "schedules": tally.schedules,
        "violations": sum(tally.invariants.values()),
        "messages": messages,
        "calls": tally.calls,
        "faults": sum(tally.faults.values()),
        "seconds": round(tally.seconds, 1),
        "schedules per minute": round(tally.per_minute),
    }


def _out(given: argparse.Namespace, rows: dict[str, Any], data: dict[str, Any]) -> None:
    if given.json:
        sys.stdout.write(json.dumps(data, default=list) + "\n")
    else:
        wide = max(map(len, rows))
        for name, value in rows.items():
            sys.stdout.write(f"{name:<{wide}}  {value}\n")


def _out_table(given: argparse.Namespace, rows: list[dict[str, Any]]) -> None:
    if given.json:
        sys.stdout.write(json.dumps(rows) + "\n")
        return
    names = list(rows[0]) if rows else []
    sys.stdout.write("| " + " | ".join(names) + " |\n|" + "---|" * len(names) + "\n")
    for row in rows:
        sys.stdout.write("| " + " | ".join(str(row[name]) for name in names) + " |\n")


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError("must be a whole number that is not negative")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= MOST:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to {MOST}")
    return rate


def _mutant(text: str) -> str:
    if text not in BY_NAME:
        raise argparse.ArgumentTypeError(f"no mutant is called '{text}'")
    return text


def parser() -> argparse.ArgumentParser:
    """Describe the command line."""
    made = argparse.ArgumentParser(prog="signet simulate", description=simulate.__doc__)
    made.add_argument("--schedules", type=_count, default=0, help="how many (default 2000)")
    made.add_argument("--first", type=_count, default=0, help="the first seed")
    made.add_argument("--seed", help="run one seed again, with its trace")
    made.add_argument("--rate", type=_rate, default=0.01, help="of each kind of fault, per call")
    made.add_argument("--jobs", type=_count, default=os.cpu_count() or 1, help="processes")
    made.add_argument("--sweep", action="store_true", help="every fault at every call, alone")
    made.add_argument("--table", action="store_true", help="our protocol beside two naive ones")
    made.add_argument("--rates", type=_rate, nargs="+", default=list(RATES), help="of the table")
    made.add_argument("--mutants", action="store_true", help="take away one guard at a time")
    made.add_argument("--only", nargs="+", type=_mutant, metavar="NAME", help="these mutants")
    made.add_argument(
        "--without", action="append", default=[], type=_mutant, metavar="NAME",
        help="take this guard away; --mutants lists the names",
    )  # fmt: skip
    made.add_argument(
        "--needs", nargs="+", default=[], choices=NEEDS, metavar="WHAT",
        help=f"what is in every story: {', '.join(NEEDS)}",
    )  # fmt: skip
    made.add_argument("--json", action="store_true", help="data on standard output")
    return made


def main(arguments: list[str] | None = None) -> int:
    """Do what was asked."""
    given = parser().parse_args(arguments)
    if given.seed is not None:
        return replay(given)
    if given.mutants:
        return mutants(given)
    if given.sweep:
        return sweep(given)
    given.jobs = given.jobs or 1
    given.schedules = given.schedules or 2_000
    return table(given) if given.table else simulate(given)


if __name__ == "__main__":
    sys.exit(main())
