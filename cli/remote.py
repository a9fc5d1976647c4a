"""A running system, found by SIGNET_URL and SIGNET_KEY, asked over HTTP."""

import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from cli.output import Stop

URL = "http://127.0.0.1:8080"
KEY = "local-owner"
SECONDS = 30.0


@dataclass(frozen=True)
class Remote:
    """One running system and the key that opens it."""

    url: str
    key: str

    @classmethod
    def from_environment(cls) -> "Remote":
        """Read where the system is and how it is opened."""
        url = os.environ.get("SIGNET_URL") or URL
        return cls(url.rstrip("/"), os.environ.get("SIGNET_KEY") or KEY)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """
        Send one request and give the answer's JSON.

        Raises:
            Stop: Nobody answers, or the answer is an error.
        """
        if not self.url.startswith(("http://", "https://")):
            raise Stop(f"SIGNET_URL: {self.url!r} is not an http address", code=2)
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"authorization": f"Bearer {self.key}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise Stop(f"{method} {path}: {error.code} {detail(error.read())}") from None
        except (OSError, ValueError) as error:
            raise Stop(f"{self.url} does not answer as Signet would: {error}") from None


def detail(raw: bytes) -> str:
    """Take the sentence for people out of a problem."""
    try:
        found = json.loads(raw)
    except ValueError:
        return ""
    return str(found.get("detail", "")) if isinstance(found, dict) else ""
