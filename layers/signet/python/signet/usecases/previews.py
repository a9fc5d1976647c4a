"""Show an editor what a template makes of a person or of made-up data."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from signet.domain.profile import Profile
from signet.domain.request import PROFILE_ID_PATTERN
from signet.domain.template import Template
from signet.errors import Missing
from signet.templating.paths import missing as missing_paths
from signet.templating.render import Renderer
from signet.templating.template import Parts
from signet.usecases.catalog import Shelf

SCOPES = ("profile", "event", "data", "message")


class PreviewRequest(BaseModel):
    """
    What to fill a template with; without anything, the version's own sample.

    Entries of `data` named profile, event, data or message replace that part of the scope; all
    others are found under `data`, as in a transactional message.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    profile_id: str | None = Field(default=None, pattern=PROFILE_ID_PATTERN)
    data: dict[str, JsonValue] | None = None
    version: int | None = Field(default=None, ge=1, strict=True)


class Preview(BaseModel):
    """What came out; `missing` names the paths that the data does not have."""

    model_config = ConfigDict(frozen=True)

    version: int
    subject: str
    html: str | None
    text: str
    missing: tuple[str, ...]


def preview(
    request: PreviewRequest,
    *,
    head: Template,
    person: Profile | None,
    shelf: Shelf,
    renderer: Renderer,
) -> Preview:
    """
    Fill one version: the asked one, else the latest; gaps print as nothing and are named.

    Raises:
        Missing: There is no such version.
        Rejected: The template cannot be rendered with this data.
    """
    number = request.version or head.latest
    version = shelf.catalog.version(head.workspace, head.name, number)
    if version is None:
        raise Missing("there is no such version")
    draft = shelf.texts.read(version.content_key)
    data = draft.sample if request.data is None else request.data
    policy = shelf.catalog.policy(head.workspace)
    address = policy.draft.postal_address if policy else ""
    scope = _scope(data, person, postal_address=address)
    parts = Parts(channel=draft.channel, subject=draft.subject, html=draft.html, text=draft.text)
    done = renderer.render(version.sha256, parts, scope, missing="default")
    return Preview(
        version=number,
        subject=done.subject,
        html=done.html,
        text=done.text,
        missing=missing_paths(version.variables, scope),
    )


def _scope(
    data: Mapping[str, JsonValue], person: Profile | None, *, postal_address: str
) -> dict[str, object]:
    rest = {name: value for name, value in data.items() if name not in SCOPES}
    scope: dict[str, object] = {
        "profile": {},
        "event": {},
        "message": {"id": "preview", "topic": ""},
        "sender": {"postal_address": postal_address},
        "unsubscribe_url": "https://example.org/unsubscribe",
        "preferences_url": "https://example.org/preferences",
        **{name: value for name, value in data.items() if name in SCOPES},
    }
    scope["data"] = {**rest, **named} if isinstance(named := scope.get("data"), dict) else rest
    if person is not None:
        scope["profile"] = {"id": person.id, **person.values()}
    return scope
