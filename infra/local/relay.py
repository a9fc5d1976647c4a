"""Passes every mail on to a real SMTP server, in the order in which they left."""

import smtplib
from collections.abc import Callable
from typing import Any

from infra.local.letters import Letter
from infra.local.owed import Owed
from infra.local.talk import say

SECONDS = 5.0
LARGEST_PORT = 65535
# Who we say we are: otherwise this machine's name is looked up anew for every mail.
NAME = "localhost"


class Announced(smtplib.SMTP):
    """A connection that tells when the bytes of a mail are about to go."""

    before: Callable[[], None] | None = None

    def data(self, msg: Any) -> Any:
        """Send a mail's bytes: from here on it may arrive, whatever is heard of it."""
        if self.before:
            self.before()
        return super().data(msg)


class Relay:
    """
    One SMTP server, and the mails that it has not been offered yet.

    A mail waits here, not in the local cloud: a server that is slow or dead holds up nobody.
    """

    def __init__(self, address: str, owed: Owed | None = None) -> None:
        """
        Take HOST:PORT, and what is owed already.

        Raises:
            ValueError: It is not of that form.
        """
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= LARGEST_PORT:
            raise ValueError(f"{address!r} is not HOST:PORT")
        self._host, self._port = host.strip("[]"), int(port)
        self._owed = Owed() if owed is None else owed

    def __call__(self, letter: Letter) -> None:
        """Note a mail that has left."""
        self._owed.add([letter])

    def once(self, *, patience: float = 1.0) -> None:
        """
        Offer the server the next mail; one that it does not take is reported, and not tried again.

        Args:
            patience: How many seconds to wait for a mail.
        """
        letter = self._owed.take(patience=patience)
        if letter is not None:
            self._offered(letter)

    def finish(self) -> None:
        """Offer the server what still waits, up to the first mail that it does not take."""
        while letter := self._owed.take(patience=0):
            if not self._offered(letter):
                break
        if left := len(self._owed):
            say(f"relay: {left} mails were not relayed; they are in the outbox")

    def _offered(self, letter: Letter) -> bool:
        """Offer one mail, and tell whether the server took it."""
        options = [] if all(address.isascii() for address in letter.to) else ["SMTPUTF8"]
        try:
            with Announced(self._host, self._port, NAME, timeout=SECONDS) as server:
                server.before = lambda: self._owed.offer(letter)
                server.sendmail(letter.sender, list(letter.to), letter.raw, mail_options=options)
                self._owed.settle(letter)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            self._owed.settle(letter)
            say(f"relay of {letter.id} failed: {error}")
            return False
        return True
