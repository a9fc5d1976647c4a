"""What was there when it stopped is there when it starts again."""

from pathlib import Path

from infra.local.cloud import LocalCloud
from tests.local.journey import get, identify, open_shop, order


def test_the_second_run_has_the_first_ones_people_and_messages(tmp_path: Path) -> None:
    """State outlives the process: people, messages, counters and the outbox, ready to go on."""
    with LocalCloud(persist_dir=tmp_path) as first:
        campaign = open_shop(first)
        identify(first, "ada", email="ada@example.org", first_name="Ada")
        order(first, "ada", number="1")
        first.drain()
        first.save()
        report = get(first, f"/v1/campaigns/{campaign}/report")

    with LocalCloud(persist_dir=tmp_path) as second:
        assert report == get(second, f"/v1/campaigns/{campaign}/report")
        assert (
            "Ada" == get(second, "/v1/profiles?identifier=external_id:ada")["traits"]["first_name"]
        )
        assert ["ada@example.org"] == [mail["to"] for mail in second.outbox.list()]
        order(second, "ada", number="1")
        order(second, "ada", number="2")
        second.drain()

        assert 2 == len(second.outbox.list())
        assert 2 == get(second, f"/v1/campaigns/{campaign}/report")["messages"]
