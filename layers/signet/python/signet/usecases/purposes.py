"""Why a value is held: what the source that said it was registered for when it said so."""

from collections.abc import Collection, Mapping
from typing import Protocol

from signet.domain.request import Purpose
from signet.domain.source import Source
from signet.usecases.views import OriginView, ProfileView, TraitView

_REGISTERED = "source:"
# The name of a source and a version of its mapping.
Version = tuple[str, int]
_Purposes = Mapping[Version | None, Purpose | None]


class SourceVersions(Protocol):
    """Read what sources were at versions of theirs."""

    def source_versions_at(
        self, workspace: str, wanted: Collection[Version]
    ) -> Mapping[Version, Source]:
        """Read many versions at once; what is not there is left out."""


def explained(view: ProfileView, *, workspace: str, registry: SourceVersions) -> ProfileView:
    """
    Add to the origin of each trait what its source was for, in the version that read it.

    Origins that no registered source has are left as they are, and cost no read.

    Args:
        view: A person with their lineage.
        workspace: Whose sources.
        registry: Where sources are registered.
    """
    lineage = view.lineage or {}
    wanted = {version for one in _origins(lineage) if (version := _version(one))}
    if not wanted:
        return view
    known = registry.source_versions_at(workspace, wanted)
    purposes: _Purposes = {version: source.purpose for version, source in known.items()}
    traits = {name: _explained(trait, purposes) for name, trait in lineage.items()}
    return view.model_copy(update={"lineage": traits})


def _explained(trait: TraitView, purposes: _Purposes) -> TraitView:
    over = trait.replaced
    told = over and over.model_copy(update={"purpose": purposes.get(_version(over))})
    return trait.model_copy(update={"purpose": purposes.get(_version(trait)), "replaced": told})


def _origins(lineage: Mapping[str, TraitView]) -> list[OriginView]:
    over = [trait.replaced for trait in lineage.values() if trait.replaced]
    return [*lineage.values(), *over]


def _version(origin: OriginView) -> Version | None:
    if not origin.source.startswith(_REGISTERED) or not origin.mapping_version:
        return None
    return origin.source.removeprefix(_REGISTERED), origin.mapping_version
