"""What carriers report about a message, in our words."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from signet.domain.message import Engagement, Status
from signet.domain.policy import Occasion

FailureKind = Literal["permanent", "transient", "technical"]


class ProviderEvent(BaseModel):
    """
    One report, normalised.

    Either `status` or `engagement` is set. `suppress` names why the address had better not be used
    any more, or is empty; what becomes of it is for the workspace's policy to say.
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

    @property
    def occasion(self) -> Occasion | None:
        """What counts against the address, if anything does."""
        if self.status == "complained":
            return "complaint"
        if self.status != "bounced":
            return None
        return "bounce.permanent" if self.failure == "permanent" else "bounce.transient"
