"""Signatures of sources: secrets are kept sealed, and every call is looked at before it is read."""

import base64
from dataclasses import dataclass

from signet.domain.signature import Signature
from signet.domain.signing.call import Forged, Keyed, SignedCall
from signet.domain.signing.sns import Sns
from signet.domain.source import Source
from signet.errors import Permanent, Rejected
from signet.ports import Certificates, Sealer


@dataclass(frozen=True, slots=True)
class Proof:
    """
    What a signature proves beside the sender.

    `delivery` is the id of the delivery, if it is signed. `silent` is a message of the sender's
    system that is no event; `confirm` is what has to be fetched to answer it.
    """

    delivery: str | None = None
    silent: bool = False
    confirm: str | None = None


def prove(source: Source, call: SignedCall, *, sealer: Sealer, certificates: Certificates) -> Proof:
    """
    Let a call pass that is signed as its source says.

    Raises:
        Forged: It is not.
        Transient: A certificate cannot be fetched at the moment.
    """
    match source.signature:
        case Keyed() as scheme:
            keys = opened(source, sealer=sealer)
            if not keys:
                raise Forged("the source has no secret")
            return Proof(scheme.verify(call, keys))
        case Sns() as scheme:
            return _noticed(scheme, call, certificates)
        case _:
            return Proof()


def _noticed(scheme: Sns, call: SignedCall, certificates: Certificates) -> Proof:
    found = scheme.envelope(call)
    if not certificates.signed(
        found.certificate, content=found.content(), signature=found.signed(), digest=found.digest
    ):
        raise Forged("the signature is another")
    asks = found.kind == "SubscriptionConfirmation"
    return Proof(
        delivery=found.message_id,
        silent=found.kind != "Notification",
        confirm=found.subscribe_url if asks else None,
    )


def sealed(
    signature: Signature, *, workspace: str, name: str, known: Source | None, sealer: Sealer
) -> tuple[str, ...]:
    """
    Seal the secrets of a signature, or keep the known ones where it names none.

    Secrets that are known already keep their sealed form, so that the same content stays one
    revision.

    Raises:
        Rejected: The scheme needs a secret, and there is none.
    """
    if not isinstance(signature, Keyed):
        return ()
    same = known is not None and known.signature.scheme == signature.scheme
    before = known.sealed if known is not None and same else ()
    if not signature.secrets:
        if before:
            return before
        raise Rejected.field("signature.secrets", "must be there for this scheme")
    if known is not None and before and opened(known, sealer=sealer) == signature.secrets:
        return before
    subject = _subject(name)
    return tuple(
        base64.b64encode(sealer.seal(workspace, subject, secret.encode())).decode()
        for secret in signature.secrets
    )


def opened(source: Source, *, sealer: Sealer) -> tuple[str, ...]:
    """Open the secrets of a source; one that does not open any more is none."""
    found: list[str] = []
    for text in source.sealed:
        try:
            raw = sealer.open(source.workspace, _subject(source.name), base64.b64decode(text))
        except Permanent:
            continue
        found.append(raw.decode())
    return tuple(found)


def _subject(name: str) -> str:
    return f"source:{name}"
