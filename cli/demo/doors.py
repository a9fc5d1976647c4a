"""The HTTP doors of a local cloud in this process, as clients and operators use them."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from infra.local.payload import Response

EDITOR, APPROVER, OWNER = "local-editor", "local-approver", "local-owner"
BASIC = "Basic " + base64.b64encode(b"demo:").decode()

ERRORS = 400


class Http(Protocol):
    """The part of a local cloud that answers requests."""

    def http(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Any = b""
    ) -> Response:
        """Send one request."""


class Refused(RuntimeError):
    """A door answered with an error."""


class Doors:
    """Speaks to the doors, and raises where they refuse."""

    def __init__(self, cloud: Http) -> None:
        """Speak to the doors of `cloud`."""
        self._cloud = cloud

    def track(self, calls: Sequence[Mapping[str, Any]]) -> None:
        """
        Send up to a hundred tracking calls as one batch.

        Raises:
            Refused: The batch was not taken.
        """
        self._send("POST", "/v1/batch", authorization=BASIC, body={"batch": list(calls)})

    def ask(self, method: str, path: str, body: Any = None, *, key: str = OWNER) -> Any:
        """
        Ask the control plane.

        Raises:
            Refused: It refused.
        """
        return self._send(method, path, authorization=f"Bearer {key}", body=body)

    def profile(self, user_id: str) -> str:
        """Give the id of a person's profile."""
        query = urlencode({"identifier": f"external_id:{user_id}"})
        return str(self.ask("GET", f"/v1/profiles?{query}")["id"])

    def publish(self, template: Mapping[str, Any]) -> None:
        """Write a template, let another person approve it, and make it active."""
        self.ask("POST", "/v1/templates", template, key=EDITOR)
        version = f"/v1/templates/{template['name']}/versions/1"
        self.ask("POST", f"{version}/submit", key=EDITOR)
        self.ask("POST", f"{version}/approve", key=APPROVER)
        self.ask("POST", f"{version}/activate", key=APPROVER)

    def launch(self, campaign: Mapping[str, Any]) -> str:
        """Write a campaign, let another person launch it, and give its id."""
        ident = str(self.ask("POST", "/v1/campaigns", campaign, key=EDITOR)["id"])
        self.ask("POST", f"/v1/campaigns/{ident}/launch", key=APPROVER)
        return ident

    def _send(self, method: str, path: str, *, authorization: str, body: Any) -> Any:
        headers = {"authorization": authorization}
        content = b"" if body is None else body
        answer = self._cloud.http(method, path, headers=headers, body=content)
        if answer.status >= ERRORS:
            told = answer.body.decode("utf-8", "replace")[:500]
            raise Refused(f"{method} {path}: {answer.status} {told}")
        return json.loads(answer.body or b"null")
