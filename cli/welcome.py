"""The first thing people see: where everything is, the keys, and one line to try."""

import webbrowser
from dataclasses import dataclass
from typing import Any

from cli.output import bold, give

ROLES = ("owner", "editor", "approver", "operator", "analyst", "support", "privacy", "auditor")
ORDER = '{"userId":"you@example.org","event":"Order Completed","properties":{"total":42}}'


OTHER = "local-other-owner"
WATCH = "watch the console and the outbox"
WATCH_EMPTY = "watch the console; a mail needs a campaign first"


@dataclass(frozen=True)
class Welcome:
    """What is printed when the port answers; an `empty` cloud has no campaign yet."""

    url: str
    as_json: bool = False
    open_page: bool = False
    empty: bool = False

    @property
    def curl(self) -> str:
        """The line that changes what is on the page."""
        return f"curl {self.url}/v1/track -u demo: -d '{ORDER}'"

    def data(self) -> dict[str, Any]:
        """Give the addresses and keys as JSON would hold them."""
        return {
            "console": f"{self.url}/#key=local-owner",
            "docs": f"{self.url}/docs",
            "outbox": f"{self.url}/_local/outbox",
            "write_key": "demo",
            "bearer_keys": [*(f"local-{role}" for role in ROLES), OTHER],
            "curl": self.curl,
        }

    def text(self) -> str:
        """Lay the same out for people."""
        found = self.data()
        lines = [
            "",
            f"  {bold('Signet is running.')} Ctrl-C ends it.",
            "",
            f"  console     {bold(found['console'])}",
            f"  API docs    {found['docs']}",
            f"  outbox      {found['outbox']}",
            f"  write key   {found['write_key']}",
            f"  bearer keys {' '.join(found['bearer_keys'][:4])}",
            f"              {' '.join(found['bearer_keys'][4:-1])}",
            f"              {OTHER} (another workspace)",
            "",
            f"  Order something, and {WATCH_EMPTY if self.empty else WATCH}:",
            "",
            found["curl"],
            "",
        ]
        return "\n".join(lines)

    def show(self) -> None:
        """Print it, and open the console where that was asked for."""
        give(self.data(), text=self.text(), as_json=self.as_json)
        if self.open_page:
            webbrowser.open(f"{self.url}/#key=local-owner")
