"""A real page: the local cloud behind its port, and headless Chromium in front of it."""

import os
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, sync_playwright

from infra.local.cloud import LocalCloud
from infra.local.server import Server

# Debian's Chromium runs as root only without its sandbox, and looks up nothing with these.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """Serve an empty local cloud on a free port of this machine."""
    with LocalCloud() as running:
        server = Server(running, port=0)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        running.public_url = f"http://127.0.0.1:{server.port}"
        yield running
        server.stop()
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def page(cloud: LocalCloud) -> Iterator[Page]:
    """Open the console in Chromium; errors of the page fail the test that ends last."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        assert os.environ.get("CI") != "true", "CI installs chromium; it is missing"
        pytest.skip("chromium is not installed")
    faults: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=FLAGS)
        opened = browser.new_page()
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.goto(cloud.public_url + "/#key=local-owner")
        yield opened
        browser.close()

    assert [] == faults
