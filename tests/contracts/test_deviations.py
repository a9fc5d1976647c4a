"""What the emulators get wrong is written down, and is as it is written."""

import pytest

from tests.contracts.conftest import running
from tests.contracts.deviations import LIST, Deviation


@pytest.mark.parametrize("name", ["moto", "ministack"])
@pytest.mark.parametrize("deviation", LIST, ids=lambda d: d.probe.__name__)
def test_an_emulator_does_what_the_list_says(
    name: str, deviation: Deviation, emulated: None
) -> None:
    """An emulator that mends something, or breaks it, is noticed."""
    with running(name) as emulator:
        assert getattr(deviation, name) == deviation.probe(emulator)


def test_the_list_has_only_what_some_emulator_gets_wrong() -> None:
    """A row where all agree says nothing."""
    assert all({d.moto, d.ministack} != {d.aws} for d in LIST)
