"""The list of the provider's account: in memory, and at SES as the local cloud answers for it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.session import get_session

from infra.local.cloud import LocalCloud
from signet.adapters.channels.ses_account import SesAccountList
from signet.adapters.memory.world import MemoryAccountList
from signet.errors import Transient
from signet.ports import AccountList
from tests.contracts.test_world import SENDING

ADDRESS = "ada+news/x@example.org"


@dataclass
class Listed:
    """A list, and whether somebody on it complained; None for who is not on it."""

    account: AccountList
    complained: Callable[[str], bool | None]


@pytest.fixture(params=["memory", "local cloud"])
def listed(request: pytest.FixtureRequest, emulated: None) -> Iterator[Listed]:
    """Give a list of each kind; moto and MiniStack have none."""
    if request.param == "memory":
        memory = MemoryAccountList()
        yield Listed(memory, memory.listed.get)
        return
    with LocalCloud(SENDING) as cloud:
        client = get_session().create_client("sesv2")
        reasons = cloud.ses.suppressed

        def complained(address: str) -> bool | None:
            return reasons[address] == "COMPLAINT" if address in reasons else None

        yield Listed(SesAccountList(lambda: client), complained)


def test_an_address_comes_on_the_list_and_off_it(listed: Listed) -> None:
    """Each twice is as good as once, and the last reason stands."""
    said = [listed.complained(ADDRESS)]
    for complained in (False, True, True):
        listed.account.add(ADDRESS, complained=complained)
        said.append(listed.complained(ADDRESS))
    for _ in range(2):
        listed.account.remove(ADDRESS)
        said.append(listed.complained(ADDRESS))

    assert [None, False, True, True, None, None] == said


class Away:
    """A client whose provider cannot be reached."""

    def __getattr__(self, name: str) -> Any:
        def call(**_named: Any) -> Any:
            raise EndpointConnectionError(endpoint_url="https://email.example.org")

        return call


def test_a_provider_that_is_away_is_a_passing_fault() -> None:
    """Both ways."""
    account = SesAccountList(Away)
    with pytest.raises(Transient):
        account.add(ADDRESS, complained=True)
    with pytest.raises(Transient):
        account.remove(ADDRESS)
