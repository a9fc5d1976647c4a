"""`signet up --persist`: what was there when it stopped is there again, and the demo goes on."""

from collections import Counter
from pathlib import Path
from typing import Any

from tests.cli.running import ask, free_port, interrupted, pages, read_line, running, until

PEOPLE = 25


def progress(port: int) -> dict[str, Any]:
    """Ask how far the replay is."""
    return dict(ask(port, "/_local/counts")["progress"])


def mails(port: int) -> Counter[str]:
    """Count the mails of each message."""
    found = ask(port, "/_local/outbox")["data"]
    return Counter(mail["headers"]["Message-ID"] for mail in found)


def ids(port: int, path: str) -> set[str]:
    """Give the ids of a whole listing."""
    return {row["id"] for row in pages(port, path)}


def recipients(port: int) -> list[dict[str, Any]]:
    """List the recipients of every campaign."""
    campaigns = ids(port, "/v1/campaigns")
    return [row for one in campaigns for row in pages(port, f"/v1/campaigns/{one}/recipients")]


def told(port: int) -> set[str]:
    """Give the ids of the messages of every campaign."""
    return {row["message_id"] for row in recipients(port)}


def test_demo_goes_on_where_ctrl_c_stopped_it(tmp_path: Path) -> None:
    """The second run has the first one's people and messages, and tells the rest once."""
    port, flags = free_port(), ("--persist", str(tmp_path), "--demo", f"shop:{PEOPLE}")
    with running(port, *flags) as up:
        until(lambda: len(mails(port)) > 2)
        people, messages = ids(port, "/v1/profiles"), told(port)
        sent, before = mails(port), progress(port)
        assert 0 == interrupted(up)
    with running(port, *flags):
        again = ids(port, "/v1/profiles"), told(port)
        early = progress(port)
        ask(port, "/_local/drain", {}, method="POST")
        after, overview = progress(port), ask(port, "/v1/reports/overview")
        total, rows, everybody = mails(port), recipients(port), ids(port, "/v1/profiles")

    assert before["done"] < before["total"]
    assert before["done"] <= early["done"]
    assert people <= again[0]
    assert messages <= again[1]
    assert ("done", after["total"]) == (after["state"], after["done"])
    assert PEOPLE + 1 == len(everybody)
    assert overview["messages"] == sum(overview["statuses"].values()) == len(rows)
    assert overview["reached"]["sent"] == len(total)
    assert sent <= total
    assert {1} == set(total.values())


def test_demo_has_the_same_campaigns_when_it_was_killed_at_once(tmp_path: Path) -> None:
    """Campaigns that were made a second time would write to everybody a second time."""
    port, flags = free_port(), ("--persist", str(tmp_path), "--demo", "shop:5")
    with running(port, *flags) as up:
        until(lambda: mails(port))
        campaigns, people = ids(port, "/v1/campaigns"), ids(port, "/v1/profiles")
        up.kill()
        up.wait()
    with running(port, *flags):
        ask(port, "/_local/drain", {}, method="POST")
        rows, total = recipients(port), mails(port)

        assert campaigns == ids(port, "/v1/campaigns")
    assert people
    assert len(rows) >= len(total) > 0
    assert {1} == set(total.values())


def test_nothing_is_told_again_when_the_demo_had_ended(tmp_path: Path) -> None:
    """A state whose demo is through stays as it is at the next start."""
    port, flags = free_port(), ("--persist", str(tmp_path), "--demo", "shop:2")
    with running(port, *flags) as up:
        ask(port, "/_local/drain", {}, method="POST")
        overview, sent = ask(port, "/v1/reports/overview"), mails(port)
        assert 0 == interrupted(up)
    with running(port, "--persist", str(tmp_path)) as up:
        read_line(up)
        ask(port, "/_local/drain", {}, method="POST")

        assert "done" == progress(port)["state"]
        assert overview == ask(port, "/v1/reports/overview")
        assert sent == mails(port)


def test_demo_waits_when_the_second_run_is_empty(tmp_path: Path) -> None:
    """`--empty` keeps what is there and tells nothing; the next run without it goes on."""
    port, flags = free_port(), ("--persist", str(tmp_path), "--demo", f"shop:{PEOPLE}")
    with running(port, *flags) as up:
        until(lambda: progress(port)["done"] > 0)
        assert 0 == interrupted(up)
    with running(port, "--persist", str(tmp_path), "--empty") as up:
        read_line(up)
        left = progress(port)
        ask(port, "/_local/drain", {}, method="POST")
        assert left == progress(port)
        assert 0 == interrupted(up)
    with running(port, "--persist", str(tmp_path)):
        until(lambda: progress(port)["done"] > left["done"])


def test_state_without_a_demo_stays_without_one(tmp_path: Path) -> None:
    """Who began empty is never given made-up people later."""
    port, folder = free_port(), str(tmp_path)
    with running(port, "--persist", folder, "--empty") as up:
        ask(port, "/v1/suppressions", {"address": "eve@example.org"}, method="POST")
        assert 0 == interrupted(up)
    with running(port, "--persist", folder) as up:
        read_line(up)
        ask(port, "/_local/drain", {}, method="POST")

        assert {} == progress(port)
        assert [] == pages(port, "/v1/profiles")
