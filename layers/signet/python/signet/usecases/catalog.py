"""
Templates: written by editors, reviewed by somebody else, then activated.

A version's stored status is the state of its review; which version is active is said by the
template's head alone. Both are shown together.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool

from signet.domain.principal import Principal
from signet.domain.request import Unprocessable
from signet.domain.template import NAME_PATTERN, Template, TemplateDraft, TemplateVersion
from signet.errors import Conflict, Denied, FieldError, Missing
from signet.ports import Catalog, Clock, TemplateTexts
from signet.templating.template import Parts, check

Verdict = Literal["submit", "approve", "reject"]


class NewTemplate(TemplateDraft):
    """A new template with its first version; an owner may activate it at once, unreviewed."""

    name: str = Field(pattern=NAME_PATTERN)
    activate: StrictBool = False

    def draft(self) -> TemplateDraft:
        """Give the text without its name."""
        return TemplateDraft(**self.model_dump(exclude={"name", "activate"}))


class VersionView(BaseModel):
    """One version as it is shown; `reviewed` tells whether a second person approved it."""

    model_config = ConfigDict(frozen=True)

    name: str
    version: int
    status: Literal["draft", "submitted", "approved", "rejected", "active", "retired"]
    reviewed: bool
    author: str
    sha256: str
    variables: tuple[str, ...]
    created_at: datetime


class TemplateView(BaseModel):
    """A template as it is shown, with its versions, oldest first."""

    model_config = ConfigDict(frozen=True)

    name: str
    latest: int
    active: int | None
    created_at: datetime
    updated_at: datetime
    versions: tuple[VersionView, ...]
    content: TemplateDraft | None = None


@dataclass(frozen=True, slots=True)
class Shelf:
    """The ports that templates need."""

    catalog: Catalog
    texts: TemplateTexts
    clock: Clock


def create(request: NewTemplate, *, principal: Principal, shelf: Shelf) -> TemplateView:
    """
    Write a new template with its first version.

    Effects: texts, catalog.

    Raises:
        Rejected: The text cannot be a template.
        Conflict: There is one of this name.
        Denied: Somebody other than an owner asks to activate without review.
    """
    if request.activate and principal.role != "owner":
        raise Denied("only an owner may activate a version that nobody reviewed")
    if shelf.catalog.template(principal.workspace, request.name) is not None:
        raise Conflict("there is a template of this name")
    version = _write_version(request.draft(), request.name, principal=principal, shelf=shelf)
    head = Template(
        workspace=principal.workspace,
        name=request.name,
        latest=version.version,
        active=version.version if request.activate else None,
        created_at=version.created_at,
        updated_at=version.created_at,
    )
    shelf.catalog.save_template(head, expected_revision=0)
    return show(head, shelf=shelf)


def find(workspace: str, name: str, *, shelf: Shelf) -> Template:
    """
    Read a template's head.

    Raises:
        Missing: There is none of this name.
    """
    head = shelf.catalog.template(workspace, name)
    if head is None:
        raise Missing("there is no such template")
    return head


def show(head: Template, *, shelf: Shelf, content: bool = False) -> TemplateView:
    """Show a template with its versions, and the text of the latest one if asked for."""
    versions = shelf.catalog.versions(head.workspace, head.name)
    latest = versions[-1] if content and versions else None
    return TemplateView(
        name=head.name,
        latest=head.latest,
        active=head.active,
        created_at=head.created_at,
        updated_at=head.updated_at,
        versions=tuple(show_version(version, head) for version in versions),
        content=shelf.texts.read(latest.content_key) if latest else None,
    )


def show_version(version: TemplateVersion, head: Template) -> VersionView:
    """Show one version."""
    shown = version.model_dump(mode="json", exclude={"workspace", "content_key", "status"})
    status = "active" if head.active == version.version else version.status
    return VersionView(**shown, status=status, reviewed=version.status == "approved")


def add_version(
    draft: TemplateDraft, *, head: Template, principal: Principal, shelf: Shelf
) -> VersionView:
    """
    Write the next version of a template.

    Effects: texts, catalog.

    Raises:
        Rejected: The text cannot be a template.
        Conflict: Somebody else wrote a version in between.
    """
    version = _write_version(draft, head.name, principal=principal, shelf=shelf)
    changed = _save_head(head, shelf, latest=version.version)
    return show_version(version, changed)


def same_as_latest(draft: TemplateDraft, *, head: Template, shelf: Shelf) -> bool:
    """Tell whether a text is the latest version's already."""
    latest = shelf.catalog.version(head.workspace, head.name, head.latest)
    return latest is not None and shelf.texts.read(latest.content_key) == draft


def review(
    verdict: Verdict, number: int, *, head: Template, principal: Principal, shelf: Shelf
) -> VersionView:
    """
    Submit, approve or reject a version.

    Effects: catalog.
    Idempotent: the same verdict twice is one.

    Raises:
        Missing: There is no such version.
        Denied: The author judges their own version.
        Conflict: The version is not in a state for this verdict.
    """
    version = _version(head, number, shelf)
    if verdict != "submit" and version.author == principal.key_id:
        raise Denied("the author of a version cannot review it")
    before, after = _MOVES[verdict]
    if version.status == after:
        return show_version(version, head)
    if version.status not in before:
        raise Conflict(f"the version is {version.status} and cannot be {after}")
    moved = version.model_copy(update={"status": after})
    shelf.catalog.save_version(moved, new=False)
    _save_head(head, shelf)
    return show_version(moved, head)


def activate(number: int, *, head: Template, principal: Principal, shelf: Shelf) -> VersionView:
    """
    Make a version the one that new campaigns and messages use.

    An owner may activate a version that nobody reviewed; it then shows `reviewed: false`.

    Effects: catalog.

    Raises:
        Missing: There is no such version.
        Conflict: It is not approved, or was rejected.
    """
    version = _version(head, number, shelf)
    free = principal.role == "owner" and version.status != "rejected"
    if version.status != "approved" and not free:
        raise Conflict(f"the version is {version.status}, not approved")
    if head.active == number:
        return show_version(version, head)
    return show_version(version, _save_head(head, shelf, active=number))


def active_version(workspace: str, name: str, *, catalog: Catalog) -> int:
    """
    Give the active version of a template.

    Raises:
        Unprocessable: There is no such template, or no version of it is active.
    """
    head = catalog.template(workspace, name)
    if head is None or head.active is None:
        fault = FieldError("template", "there is no active template of this name")
        raise Unprocessable(f"{fault.field}: {fault.message}", (fault,))
    return head.active


_MOVES: dict[Verdict, tuple[tuple[str, ...], str]] = {
    "submit": (("draft",), "submitted"),
    "approve": (("submitted",), "approved"),
    "reject": (("submitted", "draft"), "rejected"),
}


def _write_version(
    draft: TemplateDraft, name: str, *, principal: Principal, shelf: Shelf
) -> TemplateVersion:
    parts = Parts(channel=draft.channel, subject=draft.subject, html=draft.html, text=draft.text)
    checked = check(parts)
    # The next number follows the rows, not the head: a head that was not written after its
    # version must not stand in the way for ever.
    known = shelf.catalog.versions(principal.workspace, name)
    place, digest = shelf.texts.write(principal.workspace, name, draft)
    version = TemplateVersion(
        workspace=principal.workspace,
        name=name,
        version=known[-1].version + 1 if known else 1,
        author=principal.key_id,
        content_key=place,
        sha256=digest,
        variables=checked.variables,
        created_at=shelf.clock.now(),
    )
    shelf.catalog.save_version(version, new=True)
    return version


def _version(head: Template, number: int, shelf: Shelf) -> TemplateVersion:
    version = shelf.catalog.version(head.workspace, head.name, number)
    if version is None:
        raise Missing("there is no such version")
    return version


def _save_head(head: Template, shelf: Shelf, **changes: int) -> Template:
    update = {**changes, "revision": head.revision + 1, "updated_at": shelf.clock.now()}
    changed = head.model_copy(update=update)
    shelf.catalog.save_template(changed, expected_revision=head.revision)
    return changed
