"""The statements of transform, as Spark is given them. `make spark-tests` runs them in Spark."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp, parse_one

from reconciler.lambdas.connectwise_spark import rewriting
from reconciler.lambdas.connectwise_transform.merging import connect
from scripts.spark_work import EngineLog, works

# sqlglot writes these as they are, and Spark has them.
OF_SPARK = {"OCTET_LENGTH"}


class Recorded:
    """A connection of DuckDB that keeps the statements, with the columns of what they read."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.unknown: set[str] = set()
        self.translated = 0

    def execute(self, text: str) -> Any:
        tree = _query(text)
        if tree is not None and rewriting.reads_tables(tree):
            names = count()
            translated = rewriting.translate(tree, self._columns, lambda: f"scan_{next(names)}")
            self.unknown |= _unknown(translated.text)
            self.translated += 1
        return self._connection.execute(text)

    def close(self) -> None:
        self._connection.close()

    def _columns(self, table: str) -> list[str]:
        return [row[0] for row in self._connection.execute(f'DESCRIBE "{table}"').fetchall()]


@pytest.mark.slow
def test_no_statement_has_a_function_that_spark_does_not_have(tmp_path: Path) -> None:
    recorded: list[Recorded] = []

    def opened(folder: Path) -> Recorded:
        recorded.append(Recorded(connect(folder, memory_megabytes=500, threads=1)))
        return recorded[-1]

    commits = [name for name, _ in works(tmp_path, [EngineLog(tmp_path / "log", opened)])]

    assert commits[-5:] == ["fill", "compact", "rebuild", "fill without raw files", "merge after it"]
    assert sum(one.translated for one in recorded) > len(commits)
    assert set().union(*(one.unknown for one in recorded)) - OF_SPARK == set()


def test_the_bytes_of_a_text_are_counted_as_spark_counts_them() -> None:
    tree = rewriting.parsed("SELECT max(strlen(content)) FROM incoming")

    assert rewriting.translate(tree, lambda table: ["content"], str).text == (
        "SELECT MAX(OCTET_LENGTH(content)) FROM incoming"
    )


def _query(text: str) -> exp.Expr | None:
    """Returns the query of a statement, if Spark is given one."""
    if copied := re.fullmatch(r"COPY \(SELECT .*? FROM \((.*)\) ORDER BY [^()]*\) TO '.*", text, re.DOTALL):
        return rewriting.parsed(copied[1])
    if not text.lstrip("( ").upper().startswith(("SELECT", "CREATE", "WITH", "FROM")):
        return None
    tree = rewriting.parsed(text)
    return tree.expression if isinstance(tree, exp.Create) else tree


def _unknown(text: str) -> set[str]:
    return {call.name.upper() for call in parse_one(text, read="spark").find_all(exp.Anonymous)}
