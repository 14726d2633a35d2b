"""Random stories of records as polls see them, and a log in memory that the statement fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
from hypothesis import strategies as st

from reconciler.lambdas.connectwise_transform.statement import (
    ABSENT_HASH,
    COUNT_ABSENCES,
    KEY,
    META,
    OVERDUE,
    merge,
)
from tests.lambdas.connectwise_transform.reference import Observation, Version

KEYS = (0, 1, 2)
Seen = tuple[int, Observation]
"""The key of a record, and an observation of it."""
STORED = "content VARCHAR, effective_from BIGINT, effective_to BIGINT, change_type VARCHAR, is_deleted BOOLEAN, \
source_updated_at BIGINT, confirmed_at BIGINT, first_seen_at BIGINT, row_hash BIGINT, schema_version INTEGER"
NEWEST = f"row_number() OVER (PARTITION BY {KEY}, effective_from ORDER BY commit_no DESC) = 1"


def hashed(content: str) -> int:
    """Returns a hash whose order is the order of the texts."""
    return int.from_bytes(content.encode().ljust(6, b"\0"), "big")


@st.composite
def polled(draw: st.DrawFn, *, has_old: bool) -> list[Observation]:
    """Draws the polls of one record: changes with and without a new stamp, touches, deletions and restores.

    `has_old`: polls also see versions that are older than the newest one. Then contents never repeat, and stamps move
    with contents alone. A log remembers only the newest of several touches, so it may differ where both meet.
    """
    seen, at, content, story = 1000, 900, "a", []
    for step in range(draw(st.integers(1, 8))):
        seen += draw(st.integers(1, 60))
        match draw(st.sampled_from(["change", "touch", "absent", "same", "other"])):
            case "absent":
                story.append(Observation(seen, seen, "", True))
                continue
            case "change":
                at = max(at, seen - draw(st.integers(0, 40)))
                content = f"v{step}" if has_old else draw(st.sampled_from("abc"))
            case "touch" if not has_old:
                at = max(at, seen - draw(st.integers(0, 40)))
            case "other" if has_old:
                story.append(Observation(at - draw(st.integers(1, 200)), seen, f"o{step}"))
                continue
            case "other":
                content = draw(st.sampled_from("abc"))
        story.append(Observation(at, seen, content))
    return story


@st.composite
def batched(draw: st.DrawFn, *, has_old: bool) -> list[list[Seen]]:
    """Stories of three records, in batches in the order of the polls. A batch also repeats rows of earlier ones."""
    stories = {key: draw(polled(has_old=has_old)) for key in KEYS}
    rows = sorted(((key, row) for key in KEYS for row in stories[key]), key=lambda it: it[1].seen)
    batches, begin = list[list[Seen]](), 0
    while begin < len(rows):
        end = begin + draw(st.integers(1, 6))
        replayed = draw(st.lists(st.sampled_from(rows[:begin]), max_size=3)) if begin else []
        batches.append(draw(st.permutations([*rows[begin:end], *replayed])))
        begin = end
    return batches


class TableLog:
    """The change log as a table. `apply` is one commit, and returns the rows that it wrote."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(config={"threads": 1})
        self._commit = 0
        self._connection.execute(f"""
            CREATE TABLE log({KEY} BIGINT, {STORED}, retracted BOOLEAN, outcome VARCHAR, commit_no INTEGER);
            CREATE TABLE incoming({KEY} BIGINT, content VARCHAR, row_hash BIGINT, is_deleted BOOLEAN,
              source_updated_at BIGINT, _seen_at BIGINT, _seq BIGINT, schema_version INTEGER);
            CREATE VIEW history AS SELECT * FROM (FROM log QUALIFY {NEWEST}) WHERE NOT retracted;
            CREATE VIEW open_rows AS FROM history WHERE effective_to IS NULL;
            CREATE VIEW known AS FROM open_rows UNION ALL
              FROM history WHERE effective_to IS NOT NULL AND {KEY} IN ({OVERDUE});
            CREATE VIEW contents AS FROM known""")

    def apply(self, batch: Sequence[Seen]) -> list[tuple[Any, ...]]:
        self._commit += 1
        values = []
        for seq, (key, row) in enumerate(batch):
            hash = ABSENT_HASH if row.is_absent else hashed(row.content)
            content = "NULL" if row.is_absent else f"'{row.content}'"
            values.append(f"({key}, {content}, {hash}, {row.is_absent}, {row.at}, {row.seen}, {seq}, 1)")
        self._connection.execute("DELETE FROM incoming")
        self._connection.execute(f"INSERT INTO incoming VALUES {', '.join(values)}")
        before = self._connection.execute("SELECT count(*) FROM log").fetchone()
        absences = self._connection.execute(COUNT_ABSENCES).fetchone()
        text = merge(["content"], has_absences=absences != (0,))
        self._connection.execute(f"INSERT INTO log SELECT *, {self._commit} FROM ({text})")
        return self._connection.execute("SELECT * FROM log OFFSET ?", list(before or ())).fetchall()

    def history(self, key: int) -> list[Version]:
        columns = ", ".join(META[:-2])
        text = f"SELECT {columns}, coalesce(content, '') FROM history WHERE {KEY} = ? ORDER BY effective_from"
        return [Version(*row) for row in self._connection.execute(text, [key]).fetchall()]

    def close(self) -> None:
        self._connection.close()
