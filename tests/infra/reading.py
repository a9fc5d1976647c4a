"""Questions that the tests ask a template, and how they get one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

FUNCTIONS = ("admin", "deliver", "ingest", "preprocess", "render", "report", "upkeep")
Resources = dict[str, dict[str, Any]]


def of_type(template: dict[str, Any], kind: str) -> Resources:
    """Return the properties of every resource of one type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template["Resources"].items()
        if resource["Type"] == kind
    }


def functions(template: dict[str, Any]) -> Resources:
    """Return the properties of every function, by its own name."""
    found = of_type(template, "AWS::Lambda::Function").values()
    return {function["Handler"].split(".")[1]: function for function in found}


def target(value: Any) -> str:
    """Return the logical id that a Ref or a GetAtt points to."""
    return str(value["Ref"] if "Ref" in value else value["Fn::GetAtt"][0])


def variables(function: dict[str, Any]) -> dict[str, Any]:
    """Return a function's own environment, without the names of its runtime's libraries."""
    every: dict[str, Any] = function["Environment"]["Variables"]
    return {
        name: value for name, value in every.items() if not name.startswith(("AWS_", "POWERTOOLS_"))
    }


def statements(template: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each policy statement of each role, with the role's policy."""
    for name, policy in of_type(template, "AWS::IAM::Policy").items():
        for statement in policy["PolicyDocument"]["Statement"]:
            yield name, statement


def listed(value: Any) -> list[Any]:
    """Return a value that may stand alone or in a list as a list."""
    return value if isinstance(value, list) else [value]


def references(value: Any) -> Iterator[str]:
    """Yield every logical id that a value points to, however deep."""
    if isinstance(value, dict):
        if "Ref" in value:
            yield str(value["Ref"])
        if "Fn::GetAtt" in value:
            yield str(value["Fn::GetAtt"][0])
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@contextmanager
def quiet_cdk() -> Iterator[None]:
    """Leave out the CDK's own validation, half of a synth's time; cfn-lint does it here."""
    before = os.environ.get("CDK_VALIDATION")
    os.environ["CDK_VALIDATION"] = "false"
    try:
        yield
    finally:
        os.environ.pop("CDK_VALIDATION")
        if before is not None:
            os.environ["CDK_VALIDATION"] = before
