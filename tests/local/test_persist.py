"""What was there when it stopped is there when it starts again."""

import pickle
from pathlib import Path

import pytest

from cli.main import main
from infra.local.cloud import LocalCloud
from tests.cli.running import free_port
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


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (b"", "cannot be read"),
        (b"no state", "cannot be read"),
        (pickle.dumps({"format": 2, "mails": [1, 2]})[:-9], "cannot be read"),
        (pickle.dumps({"format": 1}), "of another version"),
        (pickle.dumps(["format"]), "of another version"),
        (pickle.dumps({"format": 2}) + bytes(32), "is damaged"),
        (pickle.dumps(print), "names builtins.print"),
    ],
    ids=["empty", "no state", "cut off", "older", "no dict", "damaged", "code"],
)
def test_state_that_cannot_be_used_is_refused_and_stays(
    state: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever kept it is told why, and what they can do; nothing of theirs is overwritten."""
    file = tmp_path / "state.bin"
    file.write_bytes(state)

    with pytest.raises(SystemExit) as end:
        main(["up", "--port", str(free_port()), "--persist", str(tmp_path)])

    assert 1 == end.value.code
    said = capsys.readouterr().err
    assert why in said
    assert f"remove {tmp_path} to begin anew" in said
    assert state == file.read_bytes()
