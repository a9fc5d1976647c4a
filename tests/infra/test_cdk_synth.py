"""`npx cdk synth` with the pinned command line: no account, no network, the committed template."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra import app, snapshot
from tests import npm

OFFLINE = Path(__file__).with_name("offline.cjs")
SECONDS = 300


@pytest.fixture(scope="module")
def cdk(node: Path) -> Path:
    """Install the locked command line, and give the folder that holds it."""
    return npm.installed(node, npm.ROOT)


def environment(node: Path, home: Path) -> dict[str, str]:
    """Give what a person without credentials and without a network would have."""
    programs = (Path(sys.executable).parent, node.parent, Path("/usr/bin"), Path("/bin"))
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join(map(str, programs)),
        "AWS_EC2_METADATA_DISABLED": "true",
        "NODE_OPTIONS": f"--require {OFFLINE}",
        "npm_config_offline": "true",
        "npm_config_update_notifier": "false",
    }


@pytest.mark.slow
def test_the_command_line_gives_the_committed_template(
    node: Path, cdk: Path, tmp_path: Path
) -> None:
    """What people deploy with npx is what the tests and the local cloud read."""
    home, out = tmp_path / "home", tmp_path / "out"
    home.mkdir()
    command = [node, npm.cli(node, "npx"), "--prefix", cdk, "cdk", "synth", "--output", out]
    done = subprocess.run(
        command,
        cwd=npm.ROOT,
        env=environment(node, home),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )

    assert 0 == done.returncode, done.stderr
    made = json.loads((out / f"{app.STACK}.template.json").read_text("utf-8"))
    assert snapshot.SNAPSHOT.read_text("utf-8") == snapshot.text(snapshot.normalise(made))


def test_the_command_line_is_the_one_that_is_pinned(cdk: Path) -> None:
    """The lock follows package.json: one version, exact, with nothing beside it."""
    wanted = json.loads((npm.ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    found = {
        file.parent.name: json.loads(file.read_text("utf-8"))["version"]
        for file in (cdk / "node_modules").glob("*/package.json")
    }

    assert wanted == found
