"""Suppress the address of an endpoint that must not be written to."""

from datetime import datetime

from signet.cleaning import phone
from signet.domain import pinpoint
from signet.domain.address import untagged
from signet.domain.events import Properties
from signet.domain.source import Source
from signet.domain.suppression import Suppression
from signet.ports import PermissionStore, Sealer


def refuse(
    endpoint: Properties,
    source: Source,
    *,
    received_at: datetime,
    sealer: Sealer,
    permissions: PermissionStore,
) -> None:
    """
    Suppress an address in the form in which suppressions are compared.

    Effects: suppressions.
    Idempotent: by the address, the channel and the reason; the first of the same stays.
    """
    for channel, kind, reason, since in pinpoint.refusals(endpoint, received_at):
        address = str(endpoint["Address"])
        of_phone = kind == "phone"
        form = phone.matching(address, region=source.region) if of_phone else untagged(address)
        handle = sealer.handle(source.workspace, kind, form)
        refused = Suppression(handle=handle, channel=channel, reason=reason, at=since)
        permissions.suppress(source.workspace, refused)
