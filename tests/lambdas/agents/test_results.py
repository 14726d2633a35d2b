"""The result of an upload: counts that add up, and cells that no spreadsheet computes."""

from __future__ import annotations

import csv
import io

import pytest

from reconciler.kinds.connect import hierarchy_paths
from reconciler.lambdas.agents import paths
from reconciler.lambdas.agents.results import (
    RESULTS,
    ResultRow,
    Upload,
    as_csv,
    as_json,
    counts,
    merged,
    read_json,
    refused,
    result_key,
)
from reconciler.lambdas.agents.rows import Problem, Row

UPLOAD = Upload("uploads/agents.csv", "0055aed6" + "0" * 24, "2026-01-05T12:00:00.000Z", ("column 3 is ignored",))
ROWS = [ResultRow(2, "ada", "created"), ResultRow(3, "", "refused", "mobile", "mobile: is wrong; write it")]


def test_counts_have_every_result_and_add_up() -> None:
    counted = counts(ROWS)

    assert tuple(counted) == RESULTS
    assert sum(counted.values()) == len(ROWS)


def test_json_and_back_is_the_same() -> None:
    assert read_json(as_json(UPLOAD, ROWS)) == (UPLOAD, ROWS)


@pytest.mark.parametrize("content", [b"{}", b"[]", b'{"key": 1}', b"x"])
def test_another_content_is_no_result(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(content)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    (_, line) = csv.reader(io.StringIO(as_csv([ResultRow(2, cell, "created")]).decode("utf-8-sig")))

    assert line[1] == f"'{cell}"


def test_a_spreadsheet_sees_that_it_is_utf_8() -> None:
    assert as_csv([]).startswith(b"\xef\xbb\xbf")


def test_settled_rows_take_the_place_of_pending_ones() -> None:
    drafted = [ResultRow(2, "ada", "pending"), ROWS[1]]

    assert merged(drafted, {2: ROWS[0]}) == ROWS


def test_a_reason_is_not_longer_than_a_cell_may_be() -> None:
    row = Row(2, problems=tuple(Problem("tags", "x" * 100, "y") for _ in range(50)))

    assert len(refused(row).reason) == 1000


def test_the_key_of_a_result_has_the_name_and_the_version() -> None:
    key = result_key("results/", "uploads/", UPLOAD.key, UPLOAD.sequencer, "csv")

    assert key == "results/agents.csv-0055aed6.csv"


def test_functions_and_manifests_have_the_same_paths() -> None:
    assert (paths.own_name("London/R%2FD"), paths.segment("R/D")) == ("R/D", "R%2FD")
    assert (paths.parent("London/Sales"), paths.parent("London"), paths.depth("a/b/c")) == ("London", None, 3)
    assert hierarchy_paths.own_name is paths.own_name
