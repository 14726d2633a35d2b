"""The statement that merges observations into the history of each record.

An observation is a row that a poll saw: key, stamp of the source, time of the poll and hash of the content. It may
also be the absence of a record. These are the rules for each key:

1. The epoch of an observation is the number of absences that were seen before it. Observations are sorted by epoch.
   An absence is the last of its epoch. Then stamp, time of the poll and hash decide.
2. Neighbours with equal hashes are one version. It starts with the first; `confirmed_at` is the newest stamp.
3. A version starts at its stamp. Three start when the poll saw them: an absence, the first observation after one,
   and a change with the stamp of its predecessor.
4. Starts strictly increase, by a microsecond at least. A version ends where the next one starts; the last is open.
5. The first version is an INSERT, and an absence is a DELETE. A version after an absence is a RESTORE, any other one an
   UPDATE.

Times are BIGINT microseconds since 1970 in UTC, so that arithmetic is equal in all engines. sqlglot translates the text
for Spark. The windows have no business column: with 22 of them, two million rows take five times as long.
"""

from __future__ import annotations

from collections.abc import Sequence

KEY = "source_id"
META = (
    *("effective_from", "effective_to", "change_type", "is_deleted", "source_updated_at", "confirmed_at"),
    *("first_seen_at", "row_hash", "schema_version"),
)
"""The columns of a version after its business columns, in the statement's order."""
ABSENT_HASH = -1
"""The hash of an absence. Hashes of contents are not negative."""
_BEFORE = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
_SO_FAR = "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
_SO_FAR_AND_NEXT = "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING"
_ALL = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
_EPOCH = f"""COALESCE(SUM(CASE WHEN is_deleted THEN 1 ELSE 0 END) OVER (
    PARTITION BY {KEY} ORDER BY seen_us, at_us, row_hash, seq NULLS FIRST {_BEFORE}), 0)"""

OVERDUE = f"""SELECT DISTINCT i.{KEY} FROM incoming AS i INNER JOIN open_rows AS o ON o.{KEY} = i.{KEY}
WHERE i.source_updated_at < o.source_updated_at OR i._seen_at < o.first_seen_at
  OR (i.source_updated_at = o.source_updated_at AND i._seen_at = o.first_seen_at AND i.row_hash <> o.row_hash)"""
"""The keys with an incoming row that belongs before their open version. Their closed versions are needed as well."""


COUNT_ABSENCES = (
    "SELECT count(*) FROM (SELECT is_deleted FROM incoming UNION ALL SELECT is_deleted FROM known) WHERE is_deleted"
)
"""How many absences the statement's tables have. Without one, all observations are of epoch 0."""


def old_hash(schema: int) -> str:
    """Returns the name of the column of `incoming` with the hash under an older schema of the mapping."""
    return f"_hash_{schema}"


def merge(business: Sequence[str], older: Sequence[int] = (), *, has_absences: bool = True) -> str:
    """Returns the statement: `incoming` × `known` → the versions that change, and those that are retracted.

    `incoming` has the key, the business columns, row_hash, is_deleted, source_updated_at, _seen_at, _seq (unique)
    and schema_version. `known` has the key and `META`. It has the open version of every incoming key, and the whole
    history of the keys of `OVERDUE`. `contents` has the same versions with their business columns. The answer has the
    columns of `contents`, then `retracted` and `_outcome`: new, closed, amended or retracted.

    `older` are the older schemas of which versions remain. Then `incoming` also has `old_hash` of each. A row that
    equals a version under the version's own schema repeats it; the open one is filled with the row's new columns.

    Without absences (see `COUNT_ABSENCES`) the statement has a window less, and a tenth of its work.
    """
    return f"WITH {_steps(older, has_absences)}\n{with_content(business)}"


def changes(older: Sequence[int] = (), *, has_absences: bool = True) -> str:
    """Returns the first part of the statement: its answer without business columns, with `seq` and `stored_from`."""
    return f"WITH {_steps(older, has_absences)}\nSELECT * FROM changes"


def with_content(business: Sequence[str]) -> str:
    """Returns the second part, which reads `changes`, `incoming` and `contents`.

    Business columns are joined back by the row of `incoming`, or by the start of the stored version. So `contents`
    needs those versions alone.
    """
    sent, stored = (_of(alias, business) for alias in "is")
    meta = _of("c", (*META, "retracted", "_outcome"))
    return f"""SELECT {", ".join((f"c.{KEY}", *sent, *meta))}
FROM changes AS c INNER JOIN incoming AS i ON i._seq = c.seq
UNION ALL
SELECT {", ".join((f"c.{KEY}", *stored, *meta))} FROM changes AS c
INNER JOIN contents AS s ON s.{KEY} = c.{KEY} AND s.effective_from = c.stored_from WHERE c.seq IS NULL"""


def _steps(older: Sequence[int], has_absences: bool) -> str:
    """Returns the narrow steps; the last is `changes`.

    Spark computes a step once for each step that reads it. A second reader of `observed` takes all its memory.
    """
    return f"""touched AS ({_touched(older)}),
observed AS ({_observed(older)}),
epochs AS (SELECT *, {_EPOCH if has_absences else 0} AS epoch FROM observed),
ordered AS ({_ordered(older)}),
kept AS (
  SELECT *, CASE WHEN prev_at IS NULL THEN COALESCE(stored_from, at_us)
      WHEN is_deleted OR prev_deleted OR at_us = prev_at THEN seen_us ELSE at_us END AS wanted,
    ROW_NUMBER() OVER (PARTITION BY {KEY} ORDER BY {_order(older)}) AS n
  FROM ordered WHERE prev_at IS NULL OR NOT ({_is_repeat(older)})),
started AS (
  SELECT *, n + MAX(wanted - n) OVER (PARTITION BY {KEY} ORDER BY n {_SO_FAR}) AS effective_from,
    LEAD(n) OVER (PARTITION BY {KEY} ORDER BY n) AS next_n,
    MAX(wanted - n) OVER (PARTITION BY {KEY} ORDER BY n {_SO_FAR_AND_NEXT}) AS next_shift,
    LEAD(prev_at) OVER (PARTITION BY {KEY} ORDER BY n) AS last_at
  FROM kept),
unfilled AS (
  SELECT {KEY}, effective_from, next_n + next_shift AS effective_to,
    CASE WHEN prev_at IS NULL THEN COALESCE(stored_type, 'INSERT') WHEN is_deleted THEN 'DELETE'
      WHEN prev_deleted THEN 'RESTORE' ELSE 'UPDATE' END AS change_type,
    is_deleted, at_us AS source_updated_at, CASE WHEN is_deleted THEN at_us ELSE COALESCE(last_at, newest_at) END
      AS confirmed_at,
    seen_us AS first_seen_at, row_hash, schema_version, seq, stored_from
  FROM started),
{_versions(older)},
changes AS ({_changes()})"""


def _changes() -> str:
    """Compares the versions with what is stored. A stored start that no version has is retracted."""
    version, stored = ", ".join(_of("v", META)), ", ".join(_of("k", META))
    return f"""
  SELECT v.{KEY}, {version}, v.seq, v.stored_from, FALSE AS retracted, CASE WHEN k.{KEY} IS NULL THEN 'new'
      WHEN k.effective_to IS NULL AND v.effective_to IS NOT NULL THEN 'closed' ELSE 'amended' END AS _outcome
  FROM versions AS v LEFT JOIN known AS k ON k.{KEY} = v.{KEY} AND k.effective_from = v.effective_from
  WHERE k.{KEY} IS NULL OR COALESCE(k.effective_to, -1) <> COALESCE(v.effective_to, -1)
    OR k.confirmed_at <> v.confirmed_at OR k.change_type <> v.change_type OR k.row_hash <> v.row_hash
    OR k.source_updated_at <> v.source_updated_at OR k.first_seen_at <> v.first_seen_at
  UNION ALL
  SELECT k.{KEY}, {stored}, NULL, k.effective_from, TRUE, 'retracted' FROM known AS k
  INNER JOIN touched AS t ON t.{KEY} = k.{KEY}
  LEFT JOIN versions AS v ON v.{KEY} = k.{KEY} AND v.effective_from = k.effective_from WHERE v.{KEY} IS NULL"""


def _touched(older: Sequence[int]) -> str:
    """Returns the keys with a row that is not known: rows that an overlap sends again cost one join."""
    current = f" AND k.schema_version NOT IN ({_listed(older)})" if older else ""
    return f"""
  SELECT DISTINCT i.{KEY} FROM incoming AS i
  LEFT JOIN known AS k ON k.{KEY} = i.{KEY} AND k.effective_to IS NULL AND k.row_hash = i.row_hash{current}
    AND ((i.is_deleted AND i._seen_at >= k.first_seen_at) OR (NOT i.is_deleted
      AND i.source_updated_at <= k.confirmed_at AND (i.source_updated_at > k.source_updated_at
        OR (i.source_updated_at = k.source_updated_at AND i._seen_at >= k.first_seen_at))))
  WHERE k.{KEY} IS NULL"""


def _observed(older: Sequence[int]) -> str:
    """Returns stored versions, their newest confirmations and incoming rows in one form."""
    hashes = sent = ""
    if older:
        is_older = f"k.schema_version IN ({_listed(older)}) AND NOT k.is_deleted"
        hashes, sent = f", CASE WHEN {is_older} THEN NULL ELSE k.row_hash END AS hash_now", ", i.row_hash"
    for schema in older:
        hashes += f", CASE WHEN k.schema_version = {schema} OR k.is_deleted THEN k.row_hash END AS {old_hash(schema)}"
        sent += f", i.{old_hash(schema)}"
    stored = "k.first_seen_at AS seen_us, k.effective_from AS stored_from, k.change_type AS stored_type"
    stored += f", k.schema_version{hashes}"
    return f"""
  SELECT k.{KEY}, k.row_hash, k.is_deleted, k.source_updated_at AS at_us, {stored}, CAST(NULL AS BIGINT) AS seq
  FROM known AS k INNER JOIN touched AS t ON t.{KEY} = k.{KEY}
  UNION ALL
  SELECT k.{KEY}, k.row_hash, k.is_deleted, k.confirmed_at, {stored}, NULL
  FROM known AS k INNER JOIN touched AS t ON t.{KEY} = k.{KEY} WHERE k.confirmed_at > k.source_updated_at
  UNION ALL
  SELECT i.{KEY}, i.row_hash, i.is_deleted, i.source_updated_at, i._seen_at, NULL, NULL, i.schema_version{sent}, i._seq
  FROM incoming AS i INNER JOIN touched AS t ON t.{KEY} = i.{KEY}"""


def _ordered(older: Sequence[int]) -> str:
    compared = ["hash_now", *map(old_hash, older)] if older else ["row_hash"]
    lags = ", ".join(
        f"LAG({name}) OVER (PARTITION BY {KEY} ORDER BY {_order(older)}) AS prev_{name}" for name in compared
    )
    return f"""
  SELECT *, {lags}, LAG(at_us) OVER (PARTITION BY {KEY} ORDER BY {_order(older)}) AS prev_at,
    LAG(is_deleted) OVER (PARTITION BY {KEY} ORDER BY {_order(older)}) AS prev_deleted,
    LAST_VALUE(at_us) OVER (PARTITION BY {KEY} ORDER BY {_order(older)} {_ALL}) AS newest_at
  FROM epochs"""


def _order(older: Sequence[int]) -> str:
    """Returns the order of rule 1. A stored row precedes its repetition, whose hash differs under another schema."""
    last = "seq NULLS FIRST, row_hash" if older else "row_hash, seq NULLS FIRST"
    return f"epoch, is_deleted, at_us, seen_us, {last}"


def _is_repeat(older: Sequence[int]) -> str:
    """Returns the condition that a row has its predecessor's content, under a schema that both have."""
    if not older:
        return "prev_row_hash = row_hash"
    under_older = " OR ".join(f"COALESCE(prev_{name} = {name}, FALSE)" for name in map(old_hash, older))
    have_both = "prev_hash_now IS NOT NULL AND hash_now IS NOT NULL"
    return f"CASE WHEN {have_both} THEN prev_hash_now = hash_now ELSE {under_older} END"


def _versions(older: Sequence[int]) -> str:
    """Returns the versions. An open one of an older schema gets the content of the newest row that repeats it."""
    if not older:
        return "versions AS (SELECT * FROM unfilled)"
    return f"""fillers AS (
  SELECT f.{KEY}, f.seq, f.row_hash, f.schema_version FROM (
    SELECT {KEY}, seq, row_hash, schema_version, is_deleted, ROW_NUMBER() OVER (
      PARTITION BY {KEY} ORDER BY epoch DESC, is_deleted DESC, at_us DESC, seen_us DESC, row_hash DESC, seq DESC) AS n
    FROM ordered WHERE seq IS NOT NULL AND NOT is_deleted) AS f
  INNER JOIN unfilled AS u ON u.{KEY} = f.{KEY} AND u.effective_to IS NULL
    AND u.seq IS NULL AND u.schema_version IN ({_listed(older)})
  INNER JOIN incoming AS i ON i._seq = f.seq AND ({
        " OR ".join(f"(u.schema_version = {schema} AND u.row_hash = i.{old_hash(schema)})" for schema in older)
    })
  WHERE f.n = 1 AND NOT u.is_deleted),
versions AS (
  SELECT u.{KEY}, u.effective_from, u.effective_to, u.change_type, u.is_deleted, u.source_updated_at, u.confirmed_at,
    u.first_seen_at, COALESCE(f.row_hash, u.row_hash) AS row_hash,
    COALESCE(f.schema_version, u.schema_version) AS schema_version, COALESCE(f.seq, u.seq) AS seq, u.stored_from
  FROM unfilled AS u LEFT JOIN fillers AS f ON f.{KEY} = u.{KEY} AND u.effective_to IS NULL)"""


def _of(alias: str, names: Sequence[str]) -> list[str]:
    return [f'{alias}."{name}"' for name in names]


def _listed(schemas: Sequence[int]) -> str:
    return ", ".join(map(str, schemas))
