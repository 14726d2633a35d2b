"""A file from the manifest to AWS and back, on the local Amazon S3: only the bucket ever has its bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.aws.pacer import Pacer
from reconciler.cli.logs import Log, LogLevel
from reconciler.cli.telling import LoggedPort, log_line
from reconciler.kinds.registry import DECLARABLE, KINDS
from reconciler.model import Action, Content, Outcome, Status
from reconciler.model.environment import Environment
from reconciler.model.events import Event
from reconciler.outcomes.store import OUTCOMES, STATE
from reconciler.reconcile import Options, Preview, preview, run
from reconciler.report import (
    dumps,
    outcome_json,
    outcome_markdown,
    outcome_text,
    plan_html,
    plan_json,
    plan_markdown,
    plan_text,
)
from reconciler.sandbox import INSTANCE_ID, REGION
from reconciler.undo.story import preview_undo
from tests.builders.contents import BUCKET, BlobKind, content
from tests.builders.folders import write
from tests.worlds.least_privilege import UnrecordedAws
from tests.worlds.world import UNLIMITED, World, session

SECRET, OTHER = "password = hunter2-hunter2", "password = swordfish-swordfish"
MANIFEST = f"kind: Blob\nmetadata: {{name: app.ini}}\nspec: {{bucket: {BUCKET}, body: {{file: app.ini}}}}\n"
CHANGED = "manifests/base/app.ini: the file changed since the plan; plan again"


class Shop:
    """A stack with one object. `left` is all that its runs write while they last: log lines and files of state."""

    def __init__(self, root: Path) -> None:
        self.left: list[str] = []
        self._log = Log(LogLevel.DETAIL, lambda level, event, text, members: f"{text} {members}")
        self._log.write = self.left.append
        self._root = root
        self._aws = LoggedPort(UnrecordedAws(session(), INSTANCE_ID, Pacer(UNLIMITED)), self._log)
        self._s3: Any = session().client("s3")
        self._s3.create_bucket(Bucket=BUCKET)

    def declare(self, text: str) -> None:
        write(self._root, {"manifests/base/app.yaml": MANIFEST, "manifests/base/app.ini": text})

    def remove(self) -> None:
        write(self._root, {"manifests/base/app.yaml": "kind: Removed\nspec: {addresses: [Blob/app.ini]}\n"})

    def options(self, **more: Any) -> Options:
        return Options(Environment("shop", "prod", self._root, region=REGION), self._aws, tell=self._tell, **more)

    def run(self, **more: Any) -> Outcome:
        return run(self.options(**more))

    def preview(self) -> Preview:
        return preview(self.options())

    def undo(self) -> Preview:
        """Returns the way back of the last run, as its outcome on disk has it."""
        *_, last = sorted((self._root / STATE / OUTCOMES).glob("*.json"))
        return preview_undo(self.options(), json.loads(last.read_text("utf-8")), last.name)

    def live(self) -> str:
        return str(self._s3.get_object(Bucket=BUCKET, Key="app.ini")["Body"].read().decode())

    def _tell(self, event: Event) -> None:
        if line := log_line(event):
            self._log.put(line.level, line.event, line.text, **line.members)
        self.left += (path.read_text("utf-8") for path in (self._root / STATE).rglob("*") if path.is_file())


@pytest.fixture
def shop(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    for kinds in (KINDS, DECLARABLE):
        monkeypatch.setitem(kinds, "Blob", BlobKind())
    return Shop(tmp_path)


def statuses(outcome: Outcome) -> set[Status]:
    return {result.status for result in outcome.results.values()}


def test_apply_sends_the_file_and_the_next_plan_is_empty(shop: Shop) -> None:
    shop.declare(SECRET)

    created = shop.run()

    assert (statuses(created), shop.live()) == ({Status.DONE}, SECRET)
    assert shop.preview().plan.changes == ()


def test_an_edited_file_is_an_update_of_its_hash(shop: Shop) -> None:
    shop.declare(SECRET)
    shop.run()
    shop.declare(OTHER)

    updated = shop.run()

    (change,) = updated.plan.changes
    (field,) = change.fields
    assert (change.action, field.path) == (Action.UPDATE, "body")
    assert [Content.from_json(side) for side in (field.before, field.after)] == [content(SECRET), content(OTHER)]
    assert (statuses(updated), shop.live()) == ({Status.DONE}, OTHER)
    assert shop.preview().plan.changes == ()


def test_a_file_that_changes_after_the_plan_is_not_sent(shop: Shop) -> None:
    shop.declare(SECRET)
    shop.run()
    shop.declare(OTHER)

    outcome = shop.run(show=lambda planned: shop.declare("a third text"))

    assert [result.message for result in outcome.results.values()] == [CHANGED]
    assert (statuses(outcome), outcome.exit_code, shop.live()) == ({Status.FAILED}, 1, SECRET)


def test_a_file_that_changes_after_the_plan_creates_nothing(shop: Shop) -> None:
    shop.declare(SECRET)

    outcome = shop.run(show=lambda planned: shop.declare(OTHER))

    assert {result.message for result in outcome.results.values()} == {CHANGED}
    assert {change.action for change in shop.preview().plan.changes} == {Action.CREATE}


def test_a_reviewed_plan_is_applied_by_its_hashes(shop: Shop) -> None:
    shop.declare(SECRET)
    shop.run()
    shop.declare(OTHER)
    reviewed = json.loads(dumps(plan_json(shop.preview().plan)))

    outcome = shop.run(reviewed=reviewed)

    assert (statuses(outcome), shop.live()) == ({Status.DONE}, OTHER)


def test_a_file_that_changes_after_the_review_makes_the_plan_stale(shop: Shop) -> None:
    shop.declare(SECRET)
    reviewed = json.loads(dumps(plan_json(shop.preview().plan)))
    shop.declare(OTHER)

    outcome = shop.run(reviewed=reviewed)

    assert (outcome.status, outcome.message.partition(";")[0]) == (
        "stale",
        "Blob/app.ini body: has another value in the reviewed plan",
    )


def test_the_bytes_are_in_no_report_no_log_and_no_file_of_a_run(shop: Shop) -> None:
    shop.declare(SECRET)
    outcome = shop.run()
    plan = outcome.plan

    shown = [plan_text(plan, colour=False), plan_markdown(plan), plan_html(plan), dumps(plan_json(plan))]
    shown += [outcome_text(outcome, colour=False), outcome_markdown(outcome), dumps(outcome_json(outcome))]

    assert shop.left
    assert any(content(SECRET).sha256 in text for text in shop.left)
    assert [text for text in (*shown, *shop.left, repr(outcome)) if "hunter2" in text] == []


def test_every_report_shows_the_hash(shop: Shop) -> None:
    shop.declare(SECRET)
    plan, known = shop.preview().plan, content(SECRET)

    texts = plan_text(plan, colour=False), plan_markdown(plan), plan_html(plan)

    assert [str(known) in text for text in texts] == [True, True, True]
    (change,) = plan_json(plan)["changes"]
    assert {"path": "body", "before": None, "after": {"sha256": known.sha256, "size": 26}} in change["fields"]


def test_undo_reports_the_hash_of_bytes_that_it_cannot_restore(shop: Shop) -> None:
    shop.declare(SECRET)
    shop.run()
    shop.declare(OTHER)
    shop.run()

    (change,) = shop.undo().plan.changes

    assert (change.action, str(change.ref)) == (Action.BLOCKED, "Blob/app.ini/body")
    assert f"no bytes of sha256:{content(SECRET).sha256[:12]}…" in change.reason


def test_undo_of_a_create_deletes_the_object(shop: Shop) -> None:
    shop.declare(SECRET)
    shop.run()

    assert [change.action for change in shop.undo().plan.changes] == [Action.DELETE]


def test_undo_of_a_deletion_reports_the_hash(shop: Shop) -> None:
    shop.declare(SECRET)
    shop.run()
    shop.remove()
    shop.run()

    (change,) = shop.undo().plan.changes

    assert (change.action, str(change.ref)) == (Action.BLOCKED, "Blob/app.ini")
    assert change.reason.startswith("was deleted, and cannot be undone: the outcome has no bytes of sha256:")
