"""A change that would send bytes of a file that no manifest names is blocked."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from reconciler.directory import AwsIds, Directory, World
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Action, Change, Content, ContentFile, Desired, Live, Manifest, Ref
from reconciler.model.environment import Environment
from reconciler.model.ownership import tags
from reconciler.plan import Selection, make_plan
from tests.builders.contents import Program, ProgramKind, content, program

REF, KIND = Ref("Program", "P"), ProgramKind()
CODE, ICON = content("code"), Content(content("icon").sha256)
ENVIRONMENT = Environment("shop", "prod", Path(), instance="arn:aws:connect:us-east-1:111122223333:instance/i")


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("dict[str, Any]", KINDS), "Program", KIND)


def planned(declared: Program, live: Program, **selection: Any) -> tuple[Change, ...]:
    """Plans a manifest that names the files of every content that it declares."""
    own = [item for item in (declared.code, declared.icon) if item]
    files = {item: ContentFile(Path("x"), "manifests/x") for item in own}
    manifest = Manifest(declared, Source("a.yaml", 1), contents=files)
    have = Live(REF, "p", "arn:p", live, tags=tags(ENVIRONMENT.scope, REF))
    world = World({REF: have}, Directory([(REF, AwsIds("p", "arn:p"))]))
    return make_plan(ENVIRONMENT, Desired({REF: manifest}), world, Selection(**selection)).changes


def test_a_call_that_also_sends_an_undeclared_content_is_blocked() -> None:
    (change,) = planned(program(code=CODE, note="n"), program(code=CODE, icon=ICON))

    assert (change.action, change.steps) == (Action.BLOCKED, ())
    assert change.reason == (
        f"UpdateProgram also sends the file with {ICON}, and no manifest names it; declare that field with its file"
    )


def test_a_call_that_sends_a_declared_content_is_planned() -> None:
    (change,) = planned(program(code=CODE, icon=content("icon"), note="n"), program(code=CODE, icon=ICON))

    assert (change.action, [field.path for field in change.fields]) == (Action.UPDATE, ["note"])


def test_a_call_without_the_undeclared_content_is_planned() -> None:
    (change,) = planned(program(code=content("new")), program(code=CODE, icon=ICON))

    assert (change.action, [field.path for field in change.fields]) == (Action.UPDATE, ["code"])


def test_a_replacement_that_would_lose_an_undeclared_content_is_blocked() -> None:
    live = program(code=CODE, icon=ICON, runtime="a")

    (change,) = planned(program(code=CODE, runtime="b"), live, allow_delete=frozenset({"Program/P"}))

    assert (change.action, change.reason.split(" also ")[0]) == (Action.BLOCKED, "CreateProgram")


def test_the_same_hash_is_no_change() -> None:
    assert planned(program(code=CODE, icon=content("icon")), program(code=Content(CODE.sha256), icon=ICON)) == ()
