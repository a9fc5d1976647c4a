"""What others' rules say of the stack."""

import subprocess
import sys
from pathlib import Path

from infra import app, snapshot
from infra.findings import ACCEPTED
from tests.infra.reading import quiet_cdk

SHORTEST_REASON = 40


def test_template_has_no_errors_for_the_linter() -> None:
    """CloudFormation would accept the template, as far as its schemas can tell."""
    linter = Path(sys.executable).with_name("cfn-lint")
    command = [str(linter), "--regions", "us-east-1"]
    command += ["--non-zero-exit-code", "error", "--template", str(snapshot.SNAPSHOT)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)

    assert 0 == found.returncode, found.stdout + found.stderr


def test_security_rules_find_only_what_we_accepted(tmp_path: Path) -> None:
    """A new finding stops the synth until it is mended or accepted with a reason."""
    with quiet_cdk():
        made = app.make_app(tmp_path)
        # The CDK may be imported only once the locked Node has been found.
        from aws_cdk import Validations
        from cdk_nag import AwsSolutionsChecks

        Validations.of(made).add_plugins(AwsSolutionsChecks())
        made.synth()

    assert (tmp_path / f"{app.STACK}.template.json").is_file()


def test_every_accepted_finding_has_a_reason() -> None:
    """Nobody silences a rule without saying why."""
    assert [] == [rule for rule, reason in ACCEPTED.items() if len(reason) < SHORTEST_REASON]
