"""
Mirror suppressions to the provider's own list, as well as it goes.

Our rows decide what is sent; the list only keeps mails back that somebody else sends from the same
account. Whatever fails here is forgotten.
"""

import base64

from signet.domain.request import ReleaseRequest, SuppressionRequest
from signet.domain.suppression import REASONS, Suppression
from signet.domain.work import MirrorSuppression
from signet.ports import AccountList, Sealer, SuppressionStore
from signet.usecases.handles import suppressed_as


def wanted(
    request: SuppressionRequest | ReleaseRequest, *, workspace: str, sealer: Sealer
) -> list[MirrorSuppression]:
    """Give the work that an address of e-mail leaves once it was suppressed or released."""
    if request.channel != "email" or request.scope == "topic":
        return []
    handle = suppressed_as("email", request.address, workspace=workspace, sealer=sealer)[0]
    sealed = sealer.seal(workspace, handle, request.address.encode())
    address = base64.b64encode(sealed).decode()
    return [MirrorSuppression(workspace=workspace, handle=handle, address=address)]


def mirror(
    work: MirrorSuppression,
    *,
    sealer: Sealer,
    suppressions: SuppressionStore,
    account: AccountList,
) -> None:
    """
    Let the provider's list say of an address what our rows say now.

    Effects: suppressions (read), account list.
    Idempotent: the rows are read anew, so repeats and another order change nothing.

    Raises:
        Transient: The provider does not take it.
    """
    sealed = base64.b64decode(work.address)
    address = sealer.open(work.workspace, work.handle, sealed).decode()
    handles = suppressed_as("email", address, workspace=work.workspace, sealer=sealer)
    standing = suppressions.standing(work.workspace, *handles)
    found = [one for one in standing if one.channel == "email" and one.scope != "topic"]
    if found:
        account.add(address, complained=any(map(_complained, found)))
    else:
        account.remove(address)


def _complained(found: Suppression) -> bool:
    return found.reason == REASONS["complaint"]
