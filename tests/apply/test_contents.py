"""Contents at the door to AWS: bytes of the hash that was planned, for one call at a time, or nothing at all."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from reconciler.apply import Ports, apply
from reconciler.diff.fields import creation_changes, diff
from reconciler.directory import AwsIds, Directory
from reconciler.documents.contents import ContentBytes, ContentStore
from reconciler.errors import CallError, Fate
from reconciler.kinds.registry import KINDS
from reconciler.model import (
    Action,
    Change,
    Content,
    ContentFile,
    Contents,
    Item,
    Live,
    Plan,
    Ref,
    Result,
    Scope,
    Status,
)
from reconciler.model.environment import Environment
from reconciler.port import Answer, Params
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work
from tests.builders.contents import Layer, Program, ProgramKind, content, program

REF, KIND = Ref("Program", "P"), ProgramKind()
OLD = program(code=content("old"))
CHANGED = "manifests/new: the file changed since the plan; plan again"


class Programs:
    """A port on one program. `refusals`: errors before it takes a write. `held`: bytes in memory during each write."""

    def __init__(self, *refusals: CallError) -> None:
        self.writes: list[tuple[str, dict[str, Any]]] = []
        self.held: list[int] = []
        self._refusals = list(refusals)

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        assert operation == "DescribeProgram"
        return {"Program": {"Name": "P", "Code": content("old").sha256}}

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        yield []

    def write(self, service: str, operation: str, params: Params) -> Answer:
        if self._refusals:
            raise self._refusals.pop(0)
        self.held.append(sum(type(it) is ContentBytes for it in gc.get_objects()))
        self.writes.append((operation, copied(params)))
        return Answer({"ProgramId": "p2"}, "request")

    def delay(self, call: str) -> float:
        return 0.0

    def counts(self) -> Mapping[str, int]:
        return {}


def copied(value: Any) -> Any:
    """Returns a call's parameters with bytes of the test's own."""
    match value:
        case bytes():
            return bytes(value)
        case Mapping():
            return {key: copied(item) for key, item in value.items()}
        case list():
            return [copied(item) for item in value]
        case _:
            return value


class NoLedger:
    def note(self, operation: str, request_id: str, results: Mapping[Item, Result]) -> None:
        """No test reads it."""


def reread(ref: Ref, *, parts: bool, records: bool, part: str = "") -> Contents:
    raise AssertionError("a program has no contents to read")


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(cast("dict[str, Any]", KINDS), "Program", KIND)


def store(root: Path, *texts: str) -> ContentStore:
    """Writes a file for each text, named by the text."""
    for text in texts:
        (root / text).write_text(text, encoding="utf-8")
    return ContentStore({content(text): ContentFile(root / text, f"manifests/{text}") for text in texts})


def applied(aws: Programs, contents: ContentStore, after: Program, *, before: Program | None = OLD) -> list[Result]:
    """Applies a change to a program, and returns the results of its fields. Another runtime is a replacement."""
    live = before and Live(REF, "p", "arn:p", before, tags={})
    fields = diff(before, after) if before else creation_changes(after)
    rebuild = bool(before and before.runtime != after.runtime)
    steps = make_steps(Work(KIND, REF, live, after, tags={}, fields=fields, rebuild=rebuild))
    action = Action.REPLACE if rebuild else Action.UPDATE if before else Action.CREATE
    plan = Plan(Scope("shop", "prod"), (Change(action, REF, fields=fields, steps=steps),))
    directory = Directory([(REF, AwsIds("p", "arn:p"))] if before else [])
    ports = Ports(aws, directory, reread, NoLedger(), contents=contents, pause=lambda seconds: None)
    run = apply(plan, Environment("shop", "prod", Path()), {REF: live} if live else {}, ports)
    return list(run.results.values())


def statuses(results: list[Result]) -> set[Status]:
    return {result.status for result in results}


def test_a_call_has_the_bytes_of_every_content(tmp_path: Path) -> None:
    aws, after = Programs(), program(code=content("new"), layers=(Layer(name="L", code=content("layer")),))

    results = applied(aws, store(tmp_path, "new", "layer"), after, before=None)

    assert statuses(results) == {Status.DONE}
    assert aws.writes == [("CreateProgram", {"Name": "P", "Code": b"new", "Layers": [{"Name": "L", "Code": b"layer"}]})]


def test_only_the_bytes_of_one_call_are_in_memory(tmp_path: Path) -> None:
    aws, after = Programs(), program(code=content("new"), icon=content("icon"), pages=(content("a"), content("b")))

    results = applied(aws, store(tmp_path, "new", "icon", "a", "b"), after)

    assert statuses(results) == {Status.DONE}
    assert [operation for operation, _ in aws.writes] == ["UpdateProgramCode", "UpdateProgram", "UpdateProgramLayers"]
    assert aws.held == [1, 1, 2]


def test_a_changed_file_fails_its_item_and_not_the_others(tmp_path: Path) -> None:
    aws, contents = Programs(), store(tmp_path, "new", "icon")
    (tmp_path / "new").write_text("newer", encoding="utf-8")

    results = applied(aws, contents, program(code=content("new"), icon=content("icon")))

    assert [(result.status, result.message, result.code) for result in results] == [
        (Status.FAILED, CHANGED, "ContentError"),
        (Status.DONE, "", ""),
    ]
    assert [operation for operation, _ in aws.writes] == ["UpdateProgram"]


def test_a_file_is_verified_before_every_attempt(tmp_path: Path) -> None:
    contents = store(tmp_path, "new")

    class Slow(Programs):
        def write(self, service: str, operation: str, params: Params) -> Answer:
            (tmp_path / "new").write_text("newer", encoding="utf-8")
            return super().write(service, operation, params)

    aws = Slow(CallError("connect:UpdateProgramCode", "Throttling", "slow down", fate=Fate.NOT_DONE))

    results = applied(aws, contents, program(code=content("new")))

    assert ([result.message for result in results], aws.writes) == ([CHANGED], [])


def test_a_replacement_with_a_changed_file_deletes_nothing(tmp_path: Path) -> None:
    aws, contents = Programs(), store(tmp_path, "new")
    (tmp_path / "new").write_text("newer", encoding="utf-8")

    results = applied(aws, contents, program(code=content("new"), runtime="other"))

    assert ({result.message for result in results}, statuses(results)) == ({CHANGED}, {Status.FAILED})
    assert aws.writes == []


def test_a_replacement_sends_the_file_again(tmp_path: Path) -> None:
    aws = Programs()

    results = applied(aws, store(tmp_path, "new"), program(code=content("new"), runtime="other"))

    assert statuses(results) == {Status.DONE}
    assert [operation for operation, _ in aws.writes] == ["DeleteProgram", "CreateProgram"]


def test_bytes_that_another_writer_uploaded_meanwhile_are_not_known(tmp_path: Path) -> None:
    class Edited(Programs):
        def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
            return {"Program": {"Name": "P", "Code": content("old").sha256, "Icon": content("theirs").sha256}}

    aws, before = Edited(), program(code=content("old"), icon=content("icon"))

    (result,) = applied(aws, store(tmp_path, "icon"), program(**{**dict(before), "note": "n"}), before=before)

    assert (result.status, aws.writes) == (Status.FAILED, [])
    assert f"no manifest names a file with {Content(content('theirs').sha256)}" in result.message
