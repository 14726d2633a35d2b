"""The mapping gets a column, and no row is written since: the manifest has the column, and no file has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.lambdas.connectwise_report.function import answer as report
from reconciler.lambdas.connectwise_transform import planning
from reconciler.lambdas.connectwise_transform.state import Manifest, from_json
from reconciler.lambdas.shared.surroundings import Surroundings
from tests.lambdas.connectwise_transform.folder_log import CONTENT, SOURCE, FolderLog, mapping_with
from tests.lambdas.connectwise_transform.world import ENVIRON, FIRST_SLOT, TransformWorld, compiled, seen
from tests.lambdas.invocations import Context

TYPES = {"content": "VARCHAR", "extra": "VARCHAR"}
WIDER = compiled([("content", "text", "content"), ("extra", "text", "extra")])
OLD = [(1, "a", 900, 1100, "INSERT"), (1, None, 1100, None, "DELETE")]


@pytest.fixture
def widened(world: TransformWorld) -> TransformWorld:
    """A record that was deleted before the mapping got its column, so nothing is filled."""
    world.add_raw([seen(1, 900, "a")])
    world.run()
    world.add_raw([seen(1, 1100, None, seen=1100, gone=True)])
    world.run()
    world.put("mappings/tickets.json", json.dumps(WIDER).encode())
    world.run(mode="ids")
    return world


def manifest(world: TransformWorld) -> Manifest:
    return from_json(world.get(world.item()["manifest"]))


def test_the_commit_of_the_new_mapping_has_a_manifest_and_no_file(widened: TransformWorld) -> None:
    newest = manifest(widened)

    assert (newest.commit, [column.name for column in newest.columns]) == (3, ["content", "extra"])
    assert [(file.last, file.columns) for file in newest.files] == [(1, 1), (2, 1)]
    assert widened.item()["unfilled"] is False
    assert widened.rows() == OLD


def test_the_next_run_without_rows_makes_no_commit(widened: TransformWorld) -> None:
    pair = widened.run(mode="ids")

    assert (pair.get("error", ""), pair["canonical"][0]["commit"]) == ("", 3)


def test_the_next_commit_writes_the_column(widened: TransformWorld) -> None:
    widened.add_raw([{**seen(1, 1200, "b", seen=1300), "extra": "e"}, {**seen(2, 1200, "c"), "extra": None}], TYPES)

    pair = widened.run()

    assert (pair["canonical"][0]["commit"], manifest(widened).files[-1].columns) == (4, 2)
    shown = "source_id, content, extra, effective_to IS NULL"
    assert widened.rows(shown) == widened.listed_rows(shown)
    assert widened.rows(shown) == [
        (1, "a", None, False),
        (1, None, None, False),
        (1, "b", "e", True),
        (2, "c", None, True),
    ]


def test_files_that_lack_the_column_are_compacted(widened: TransformWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "COMPACTED", 2)

    widened.run(mode="ids")

    (file,) = manifest(widened).files
    assert (file.first, file.last, file.columns) == (1, 2, 2)
    assert widened.rows("content, extra") == [("a", None), (None, None)]


def test_a_rebuild_writes_closed_versions_with_the_column(widened: TransformWorld) -> None:
    """The raw files of that time lack it too, so it is null."""
    widened.run(mode="rebuild")

    assert widened.rows() == OLD
    assert widened.rows("content, extra, schema_version") == [("a", None, 2), (None, None, 2)]


def test_a_report_has_the_commit_that_wrote_no_file(widened: TransformWorld) -> None:
    around = Surroundings(
        environ=ENVIRON,
        client=widened.client,
        clock=widened.clock,
        now=lambda: FIRST_SLOT.timestamp() + 7200,
        sleep=widened.clock.sleep,
        random=lambda: 0.5,
        new_id=lambda: "0" * 32,
        write=widened.lines.append,
    )

    answered = report({}, Context("connectwise-report", 300, widened.clock), around)

    (pair,) = json.loads(widened.get(f"runs/{answered['run']}/report.json"))["pairs"]
    assert (answered["failed"], pair["canonical"]) == (0, [{"canonical_table": "tickets", "commit": 3, "loaded": 0}])


@pytest.mark.parametrize("span", [{SOURCE: (1, 2)}, {}], ids=["raw files are there", "raw files have expired"])
def test_a_new_base_has_the_column_before_any_file_has_it(tmp_path: Path, span: dict[str, tuple[int, int]]) -> None:
    log = FolderLog(tmp_path / "log", mapping=CONTENT, tail_share=1000.0)
    for row in (seen(1, 900, "a"), seen(1, 1100, None, seen=1100, gone=True)):
        log.add([row], {"content": "VARCHAR"})
        log.merge()
    log.mapping, log.tail_share = mapping_with(("content", "text", "content"), ("extra", "text", "extra")), 0.0

    done = log.work("fill", span)
    base = log.manifest.base

    assert (done.is_base_new, base and base.columns, [file.columns for file in log.manifest.files]) == (True, 2, [1, 1])
    log.add([{**seen(1, 1200, "b", seen=1300), "extra": "e"}], TYPES)
    log.merge()
    assert log.rows("content, extra") == [("a", None), (None, None), ("b", "e")]
