"""What carriers report about a message, in our words."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from signet.domain.message import Engagement, Status

FailureKind = Literal["permanent", "transient", "technical"]


class ProviderEvent(BaseModel):
    """
    One report, normalised.

    Either `status` or `engagement` is set. `suppress` names why the address must not be used any
    more, or is empty.
    """

    model_config = ConfigDict(frozen=True)

    workspace: str
    message_id: str
    epoch: int
    status: Status | None = None
    engagement: Engagement | None = None
    failure: FailureKind | None = None
    suppress: str = ""
    at: datetime
    provider_id: str = ""
    detail: str = ""
