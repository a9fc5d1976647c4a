"""Findings of the security rules that we accept, each with its reason."""

import aws_cdk as cdk

ACCEPTED: dict[str, str] = {}


def accept_findings(stack: cdk.Stack) -> None:
    """Accept the named findings for the whole stack."""
    for rule, reason in ACCEPTED.items():
        cdk.Validations.of(stack).acknowledge(cdk.Acknowledgment(id=rule, reason=reason))
