"""Names in the template and names in the code are the same names."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.infra.reading import FUNCTIONS, functions, variables

ROOT = Path(__file__).parents[2]


def test_template_holds_the_seven_functions(template: dict[str, Any]) -> None:
    """Each function of the architecture is deployed, and no other."""
    assert set(FUNCTIONS) == set(functions(template))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_handler_string_leads_to_a_file(name: str, template: dict[str, Any]) -> None:
    """The path in the handler string is the path in the repository."""
    module, _, attribute = functions(template)[name]["Handler"].rpartition(".")

    assert "handler" == attribute
    assert ROOT.joinpath(*module.split(".")).with_suffix(".py").is_file()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_environment_equals_the_settings(name: str, template: dict[str, Any]) -> None:
    """A function is told exactly what its settings ask for."""
    settings = importlib.import_module(f"functions.{name}.wiring").Settings
    asked = {field.upper() for field in settings.model_fields}

    assert asked == set(variables(functions(template)[name]))
