"""One synth for a whole run of the tests, also where several processes share the run."""

import fcntl
import os
from pathlib import Path

import pytest

from infra import app
from tests.infra.reading import quiet_cdk


def assembly(factory: pytest.TempPathFactory) -> Path:
    """
    Synthesise once, and give the folder with the template and every archive, unpacked.

    Processes of one run wait for the first of them; each run has a folder of its own.
    """
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / "assembly", shared / "assembly.done"
    with (shared / "assembly.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with quiet_cdk():
                app.synth(folder)
            done.touch()
    return folder
