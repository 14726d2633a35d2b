"""A composite stands for other resources. It is found like a kind, and it is none."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from reconciler.kinds.composite import Child
from reconciler.kinds.registry import COMPOSITES, DECLARABLE, KINDS, declarable, discover, discover_composites
from reconciler.model import Scope
from reconciler.schemas.kind import kind_schema
from scripts.reference_kinds import composite_page
from tests.builders.composites import Branch, BranchComposite

COMPOSITE = """
from reconciler.kinds.composite import Child, Composite
from reconciler.model import Resource

class Bell(Resource):
    pass

class BellComposite(Composite[Bell]):
    spec = Bell

    def expand(self, spec, around):
        yield Child("Queue", {"name": spec.name})
"""
KIND = """
from reconciler.kinds.base import Kind
from reconciler.model import Resource

class Bell(Resource):
    pass

class BellKind(Kind[Bell]):
    spec = Bell
"""


class Nowhere:
    scope = Scope("contact-centre", "prod")

    def text(self, name: str, path: tuple[str | int, ...]) -> str:
        raise AssertionError(name)


def _package(folder: Path, name: str, files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for path, text in {"__init__.py": "", **files}.items():
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    return import_module(name)


def test_the_registry_finds_composites_apart_from_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package(tmp_path, "composites_found", {"one/__init__.py": COMPOSITE}, monkeypatch)

    assert discover(package) == {}
    assert list(discover_composites(package)) == ["Bell"]


def test_a_composite_with_the_name_of_a_kind_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"one/__init__.py": KIND, "two/__init__.py": COMPOSITE}
    package = _package(tmp_path, "composite_twins", files, monkeypatch)
    every = (*discover(package).values(), *discover_composites(package).values())

    with pytest.raises(ValueError, match=r"Bell is defined in composite_twins\.one and in composite_twins\.two"):
        declarable(every)


def test_two_composites_with_the_same_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"one/__init__.py": COMPOSITE, "two/__init__.py": COMPOSITE}
    package = _package(tmp_path, "twin_composites", files, monkeypatch)

    with pytest.raises(ValueError, match="Bell is defined in"):
        discover_composites(package)


def test_a_document_may_be_of_a_kind_or_of_a_composite() -> None:
    assert {**KINDS, **COMPOSITES} == DECLARABLE


def test_a_composite_yields_its_children_with_their_places() -> None:
    spec = Branch(name="Berlin", time_zone="UTC", queues=("Sales",), below=("Mitte",))

    hours, queue, below = BranchComposite().expand(spec, Nowhere())

    assert (hours.kind, hours.path) == ("HoursOfOperation", ("timeZone",))
    assert (queue.spec["name"], queue.path) == ("Sales", ("queues", 0))
    assert below == Child("Branch", {"name": "Mitte", "timeZone": "UTC"}, ("below", 0))


def test_the_schema_of_a_composite_describes_no_operation_of_aws() -> None:
    schema = kind_schema(BranchComposite())

    assert schema["properties"]["spec"]["required"] == ["timeZone"]
    assert "API_" not in str(schema["properties"]["spec"])


def test_the_schema_of_an_overlay_of_a_composite_requires_no_field() -> None:
    assert "required" not in kind_schema(BranchComposite(), overlay=True)["properties"]["spec"]


def test_the_page_of_a_composite_has_no_operations() -> None:
    page = composite_page(BranchComposite(), kind_schema(BranchComposite()), "## Example")

    assert page.startswith("# Branch\n")
    assert "stands for other resources" in page
    assert "`timeZone`" in page
    assert "## AWS operations" not in page
