"""The layers of `docs/architecture.md`: a module imports its own layer and those below, wherever the import stands."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sim" / "clfz"
LAYERS = (
    {"model", "programme"},  # the engine reads the lever table; levers know no engine
    {"reference", "inputs"},
    {"runs"},
    {"report", "mesa_model"},
    {"analysis"},
    {"comparisons", "bench"},
    {"cli"},
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}


def imported(path: Path) -> set[str]:
    """Layers that a module imports; what only a type checker reads does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("clfz."):
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {each.name for each in node.names if each.name.startswith("clfz.")}
    return {name.split(".")[1] for name in names}


@pytest.mark.parametrize("layer", sorted(HEIGHT))
def test_arrows_point_down(layer):
    files = [*(PACKAGE / layer).rglob("*.py"), *PACKAGE.glob(f"{layer}.py")]
    assert files
    upward = {
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in files
        for name in imported(path)
        if HEIGHT[name] > HEIGHT[layer]
    }
    assert not upward


def test_every_part_has_a_layer():
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix in ("", ".py")}
    assert parts - set(HEIGHT) <= {"__init__", "__main__", "__pycache__", "py"}
