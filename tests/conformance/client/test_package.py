"""The client as a package."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

from conformance import client, errors

PACKAGE = Path(client.__file__).parent
MODULES = sorted(PACKAGE.glob("*.py"))
PURE = [
    *("address", "fields", "image", "info"),
    *("payload", "redaction", "rendering", "../exchange", "../error_body"),
]
OURS = ("conformance.client", "conformance.err", "conformance.exchange", "conformance.gateway")
IO = {"requests", "urllib3", "socket", "os", "pathlib", "threading", "time", "subprocess"}


def imports(file: Path) -> set[str]:
    """Names of the modules that a file imports at run time or for its types."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_the_exported_names_are_sorted_and_there() -> None:
    names = client.__all__
    assert sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name)) == names
    assert all(hasattr(client, name) for name in names)


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_import_nothing_that_reaches_outside(name: str) -> None:
    roots = {module.partition(".")[0] for module in imports(PACKAGE / f"{name}.py")}
    assert not roots & IO


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_the_client_imports_no_other_part_of_the_judge_nor_the_judged(file: Path) -> None:
    ours = {name for name in imports(file) if name.startswith("conformance")}
    assert all(name.startswith(OURS) for name in ours)
    assert not any(name.startswith("mockserver") for name in imports(file))


def test_every_error_is_in_the_tree_at_the_head_of_its_module() -> None:
    listed = {line.strip("│├└─ ").split(" ")[0] for line in (errors.__doc__ or "").splitlines()}
    classes = {
        name
        for name, item in vars(errors).items()
        if inspect.isclass(item) and issubclass(item, errors.ConformanceError)
    }
    assert classes <= listed
