"""Importing is free of effects (no client, no clock, no change of folder). It goes in no circle, and to no test."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, pkgutil, sys
from importlib import import_module
sys.addaudithook(lambda event, _: event in ("socket.connect", "os.chdir") and sys.exit(f"{event} on import"))
import boto3, botocore.client
def refuse(*args, **kwargs): sys.exit("a client on import")
boto3.client = boto3.Session.client = botocore.client.ClientCreator.create_client = refuse
import reconciler
names = [m.name for m in pkgutil.walk_packages(reconciler.__path__, "reconciler.") if not m.name.endswith("__main__")]
for name in names:
    try:
        import_module(name)
    except ModuleNotFoundError as error:
        if error.name != "pyspark" or not name.startswith("reconciler.lambdas.connectwise_spark."): raise
print(len(names), os.getcwd())
"""  # Spark has an environment of its own, and `make spark-tests` imports what needs it.


@pytest.mark.slow
def test_every_module_can_be_imported_alone_and_does_nothing_then(tmp_path: Path) -> None:
    """S0-9."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    count, folder = done.stdout.split()
    assert (int(count) > 100, folder) == (True, str(tmp_path))


def test_no_module_imports_itself_in_a_circle() -> None:
    assert _circle(_imports(_modules(ROOT, "reconciler", "scripts", "benchmarks"))) == []


def test_no_room_imports_itself_in_a_circle() -> None:
    """A room is a file or a folder directly below the package."""
    rooms: dict[str, set[str]] = {}
    for module, imported in _imports(_modules(ROOT, "reconciler")).items():
        named = {_room(name) for name in imported} - {_room(module)}
        rooms.setdefault(_room(module), set()).update(named)

    assert _circle(rooms) == []


def test_tests_import_no_tests() -> None:
    """Two tests share a builder, a world, or a helper of their room."""
    imports = _imports(_modules(ROOT, "tests"))

    assert {(module, name) for module, names in imports.items() for name in names if _is_test(name)} == set()


@pytest.mark.slow
def test_builders_build_without_a_world() -> None:
    """Tests of pure stages take a builder, and neither moto nor a client starts."""
    imports = _imports(_modules(ROOT, "tests"))
    builders = {module for module in imports if module.startswith("tests.builders.")}

    assert builders
    assert {(module, name) for module in builders for name in imports[module] if "builders" not in name} == set()


@pytest.mark.parametrize(
    "back",
    [
        "from house.one import ONE",
        "import house.one",
        "from house import one",
        "from .one import ONE",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.one import ONE",
        "def late():\n    from house.one import ONE",
    ],
)
def test_a_circle_is_found_however_it_is_written(back: str, tmp_path: Path) -> None:
    (tmp_path / "house").mkdir()
    for name, text in {"__init__": "", "one": "from house.two import TWO", "two": back}.items():
        (tmp_path / "house" / f"{name}.py").write_text(text, encoding="utf-8")

    assert set(_circle(_imports(_modules(tmp_path, "house")))) == {"house.one", "house.two"}


def _circle(imports: Mapping[str, set[str]]) -> list[str]:
    """Returns the nodes of a circle, or an empty list."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def _room(module: str) -> str:
    return ".".join(module.split(".")[:2])


def _is_test(module: str) -> bool:
    return module.rpartition(".")[2].startswith("test_")


def _modules(root: Path, *packages: str) -> dict[str, Path]:
    """Returns the file of every module, by its dotted name."""
    modules = {}
    for package in packages:
        for path in (root / package).rglob("*.py"):
            parts = path.relative_to(root).with_suffix("").parts
            modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


def _imports(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Returns which of the modules each one imports, also for type checking alone or inside a function."""
    return {
        module: {name for name in _imported(module, path, modules.keys()) if name != module}
        for module, path in modules.items()
    }


def _imported(module: str, path: Path, known: Collection[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        if isinstance(node, ast.ImportFrom):
            base = _base(node, module, is_package=path.name == "__init__.py")
            names = (f"{base}.{alias.name}" for alias in node.names)
            yield from (name if name in known else base for name in names if name in known or base in known)


def _base(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    """Returns the absolute name of the module that a `from` names."""
    if not node.level:
        return node.module or ""
    parts = module.split(".") if is_package else module.split(".")[:-1]
    parents = parts[: len(parts) - node.level + 1]
    return ".".join([*parents, *([node.module] if node.module else [])])
