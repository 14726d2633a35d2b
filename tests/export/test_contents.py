"""Export of resources that are made of files: AWS's bytes are not read, so a note names what is left out."""

from __future__ import annotations

from typing import Any, cast

import pytest

from reconciler.export.declaration import declare
from reconciler.export.sayable import Valid, drop_invalid
from reconciler.kinds.registry import KINDS
from reconciler.model import Content, Finding, Live, Ref, Resource
from tests.builders.contents import ProgramKind, content, program

WHY = "is made of files, and export reads no bytes from AWS; write the files, and declare them"


class Picture(Resource):
    """A program whose files are all optional."""

    icon: Content | None = None
    pages: tuple[Content, ...] = ()
    note: str = ""


class PictureKind(ProgramKind):
    spec = Picture


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, kind in (("Program", ProgramKind()), ("Picture", PictureKind())):
        monkeypatch.setitem(cast("dict[str, Any]", KINDS), name, kind)


def exported(spec: Resource) -> Valid:
    return drop_invalid(declare(Live(Ref(type(spec).__name__, "P"), "p", "", spec, tags={})))


def test_an_optional_file_is_left_out_with_a_note() -> None:
    declared, notes = exported(Picture(name="P", icon=content("i"), pages=(content("a"), content("b")), note="n"))

    assert declared
    assert declared.spec == {"note": "n"}
    assert notes == tuple(
        Finding("warning", "Picture/P", f"{field} is left out and left alone: {field} {WHY}")
        for field in ("icon", "pages")
    )


def test_a_resource_that_needs_a_file_is_left_out_completely() -> None:
    declared, (note,) = exported(program(note="n"))

    assert declared is None
    assert note == Finding("warning", "Program/P", f"is left out completely: code {WHY}")
