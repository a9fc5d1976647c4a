"""The deps layer's lock follows the runtime's, and the layer follows its lock."""

from pathlib import Path

import pytest

from infra import build

LOCK = """\
alpha==1.0 \
    --hash=sha256:aa
Beta_Two==2.1 ; python_version > '3' \
    --hash=sha256:bb
"""


def _install(folder: Path, name: str, version: str) -> None:
    """Leave what an installed distribution leaves."""
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_layer_lock_is_fresh() -> None:
    """The layer ships what is tested: `python -m infra.build lock` was not forgotten."""
    derived = build.layer_lock(build.RUNTIME_LOCK.read_text("utf-8"))

    assert build.LAYER_LOCK.read_text("utf-8") == derived


def test_layer_lock_leaves_out_what_lambda_brings() -> None:
    """The SDK and what only the SDK needs come with the runtime; all else is shipped."""
    runtime = build.pins(build.RUNTIME_LOCK.read_text("utf-8"))
    layer = build.pins(build.LAYER_LOCK.read_text("utf-8"))

    assert build.IN_RUNTIME == runtime.keys() - layer.keys()
    assert {name: runtime[name] for name in layer} == layer


def test_pins_read_names_as_indexes_do() -> None:
    """Case and separators of a name do not matter, markers are no part of a version."""
    assert {"alpha": "1.0", "beta-two": "2.1"} == build.pins(LOCK)


def test_check_passes_when_the_layer_equals_its_lock(tmp_path: Path) -> None:
    """A layer with each distribution in its version is accepted."""
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK)
    _install(tmp_path / "python", "alpha", "1.0")
    _install(tmp_path / "python", "beta.two", "2.1")

    build.check(tmp_path / "python", lock)


def test_check_names_what_differs(tmp_path: Path) -> None:
    """An empty wheel of another version, which pip may pick for a lone platform tag, is seen."""
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK)
    _install(tmp_path / "python", "alpha", "0.0.1")
    _install(tmp_path / "python", "gamma", "1.0")

    with pytest.raises(build.LayerDiffersError, match="alpha, beta-two, gamma"):
        build.check(tmp_path / "python", lock)


def test_built_layer_equals_its_lock() -> None:
    """Where a layer was built, it holds the locked set for Lambda's platform."""
    if not any((build.LAYER / "python").glob("*.dist-info")):
        pytest.skip("the deps layer was not built here: python -m infra.build")

    build.check(build.LAYER / "python")

    assert list((build.LAYER / "python").glob("pydantic_core/*aarch64*.so"))
