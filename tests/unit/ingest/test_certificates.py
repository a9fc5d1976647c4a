"""What is fetched from a notification service."""

import socket

import pytest

from signet.adapters.certificates import MOST_KEPT, HttpsCertificates
from signet.errors import Rejected, Transient
from tests.signers import Notifier


def test_host_that_cannot_be_reached_is_tried_again() -> None:
    """Nobody listens there; that is no forgery."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = "https://127.0.0.1/x.pem"
        certificates = HttpsCertificates()
        with pytest.raises(Transient):
            certificates.signed(url, content=b"x", signature=b"x", digest="sha256")
        with pytest.raises(Transient):
            certificates.confirm(url)


def test_redirect_is_not_followed() -> None:
    """A confirmation is answered by the host itself or not at all."""
    certificates = HttpsCertificates(lambda _url: (302, b""))

    with pytest.raises(Rejected):
        certificates.confirm("https://sns.eu-central-1.amazonaws.com/?x=1")


def test_certificates_are_kept_and_do_not_pile_up() -> None:
    """Each is fetched once, and whoever names many of them fills no memory."""
    pem = Notifier().certificate
    asked: list[str] = []

    def fetch(url: str) -> tuple[int, bytes]:
        asked.append(url)
        return 200, pem

    certificates = HttpsCertificates(fetch)
    for number in [0, 0, *range(MOST_KEPT), 0]:
        found = certificates.signed(str(number), content=b"", signature=b"", digest="sha1")
        assert not found

    assert [str(number) for number in range(MOST_KEPT)] == asked
    certificates.signed("one more", content=b"", signature=b"", digest="sha1")
    certificates.signed("0", content=b"", signature=b"", digest="sha1")
    assert ["one more", "0"] == asked[MOST_KEPT:]
