"""Write down a person's own word where they said it themselves: on a page, by a browser."""

from dataclasses import dataclass

from signet.domain.receipt import RECIPIENT
from signet.domain.request import ConsentRequest
from signet.usecases import consent

FORM = "form"


@dataclass(frozen=True)
class Scribe:
    """Writes the words of recipients, who have no key of ours."""

    desk: consent.Desk

    def write(self, request: ConsentRequest, *, workspace: str, profile_id: str) -> None:
        """
        Record a person's word.

        Effects: permissions, preprocess queue (the entry in the timeline).

        Raises:
            Missing: There is no such profile.
        """
        word = request.model_copy(update={"method": request.method or FORM})
        consent.record(
            word, workspace=workspace, profile_id=profile_id, actor=RECIPIENT, desk=self.desk
        )
