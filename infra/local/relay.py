"""Passes every mail on to a real SMTP server, in the order in which they left."""

import queue
import smtplib
import sys

from infra.local.letters import Letter

SECONDS = 5.0
LARGEST_PORT = 65535


class Relay:
    """
    One SMTP server, and the mails that it has not been offered yet.

    A mail waits here, not in the local cloud: a server that is slow or dead holds up nobody.
    """

    def __init__(self, address: str) -> None:
        """
        Take HOST:PORT.

        Raises:
            ValueError: It is not of that form.
        """
        host, _, port = address.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) <= LARGEST_PORT:
            raise ValueError(f"{address!r} is not HOST:PORT")
        self._host, self._port = host.strip("[]"), int(port)
        self._waiting: queue.SimpleQueue[Letter] = queue.SimpleQueue()

    def __call__(self, letter: Letter) -> None:
        """Note a mail that has left."""
        self._waiting.put(letter)

    def once(self, *, patience: float = 1.0) -> None:
        """
        Offer the server the next mail; one that it does not take is reported, and not tried again.

        Args:
            patience: How many seconds to wait for a mail.
        """
        try:
            letter = self._waiting.get(timeout=patience)
        except queue.Empty:
            return
        self._offered(letter)

    def finish(self) -> None:
        """Offer the server what still waits, up to the first mail that it does not take."""
        while not self._waiting.empty():
            if not self._offered(self._waiting.get()):
                break
        if left := self._waiting.qsize():
            say(f"relay: {left} mails were not relayed; they are in the outbox")

    def _offered(self, letter: Letter) -> bool:
        """Offer one mail, and tell whether the server took it."""
        options = [] if all(address.isascii() for address in letter.to) else ["SMTPUTF8"]
        try:
            with smtplib.SMTP(self._host, self._port, timeout=SECONDS) as server:
                server.sendmail(letter.sender, list(letter.to), letter.raw, mail_options=options)
        except (OSError, ValueError, smtplib.SMTPException) as error:
            say(f"relay of {letter.id} failed: {error}")
            return False
        return True


def say(text: str) -> None:
    """Talk to people."""
    print(text, file=sys.stderr)  # noqa: T201 - what else would hear of it
