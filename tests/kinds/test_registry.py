"""The registry finds what the service packages define, and nothing beside them."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from reconciler.kinds.registry import discover

KIND = """
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.verbs import Listing
from reconciler.model import Resource

class Bell(Resource):
    pass

class BellKind(Kind[Bell]):
    spec = Bell
    name = "Bell"
    identity = Identity("BellId")
    reading = Reading(search=Listing("ListBells", "Bells"))
    writing = Writing(create="CreateBell", delete="DeleteBell")
"""


def _package(folder: Path, name: str, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for path, text in {"__init__.py": "", **files}.items():
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return import_module(name)


def test_the_kinds_of_every_service_package_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"one/__init__.py": "", "one/bell.py": KIND, "two/__init__.py": ""}
    package = _package(tmp_path, "services_found", files, monkeypatch)

    assert list(discover(package)) == ["Bell"]


def test_modules_beside_the_service_packages_are_not_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = {"bell.py": KIND, "broken.py": "raise RuntimeError", "one/__init__.py": ""}
    package = _package(tmp_path, "services_beside", beside, monkeypatch)

    assert discover(package) == {}


def test_two_kinds_with_the_same_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package(tmp_path, "twin_kinds", {"one/__init__.py": KIND, "two/__init__.py": KIND}, monkeypatch)

    with pytest.raises(ValueError, match=r"Bell is defined in twin_kinds\.one and in twin_kinds\.two"):
        discover(package)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["kinds.iam", "kinds.registry", "schemas.config", "schemas.kind"])
def test_a_module_above_the_registry_can_be_imported_first(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", f"import reconciler.{module}"], check=False)

    assert done.returncode == 0
