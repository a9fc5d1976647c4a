"""The committed template: normalised, so that its diff shows wiring and nothing else."""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.app import synth

SNAPSHOT = Path(__file__).parent / "snapshot" / "signet.template.json"
ARCHIVE = "asset.zip"


def normalise(template: dict[str, Any]) -> dict[str, Any]:
    """Return a template without hashes and metadata; it stays valid and whole."""
    resources = {name: _bare(resource) for name, resource in template["Resources"].items()}
    outputs = dict(sorted(template.get("Outputs", {}).items()))
    return {"Outputs": outputs, "Resources": dict(sorted(resources.items()))}


def text(template: dict[str, Any]) -> str:
    """Write a template so that equal ones are equal letter by letter."""
    return json.dumps(template, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def fresh() -> str:
    """Synthesise now and return the normalised template's text."""
    with tempfile.TemporaryDirectory() as folder:
        return text(normalise(synth(folder)))


def main(command: str) -> int:
    """Write the snapshot, or compare it with a fresh synth; return the exit status."""
    if command == "write":
        SNAPSHOT.write_text(fresh(), "utf-8")
        return 0
    if command == "compare":
        return int(SNAPSHOT.read_text("utf-8") != fresh())
    sys.stderr.write("usage: python -m infra.snapshot write|compare\n")
    return 2


def _bare(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a resource without metadata, its archive's hash replaced by one fixed name."""
    bare = {name: value for name, value in resource.items() if name != "Metadata"}
    properties = dict(bare.get("Properties", {}))
    for archive in ("Code", "Content"):
        if "S3Key" in properties.get(archive, {}):
            properties[archive] = {**properties[archive], "S3Key": ARCHIVE}
    return {**bare, "Properties": properties}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if sys.argv[1:] else ""))
