"""Turns a statement of DuckDB into one of Spark, with the scans of its Parquet files apart.

A scan is the largest SELECT whose rows each depend on one row of a file. Tasks run it in DuckDB. sqlglot translates the
rest. Two constructs need another form. A QUALIFY with a star would leave its column of numbers in the result. A semi
join with USING would move its keys to the front.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp, parse_one

from reconciler.lambdas.connectwise_spark.tasks import SOURCE

_PLAIN = frozenset({"expressions", "from", "from_", "where"})
_NUMBER = "_n"
_SPARK_NAMES = {"STRLEN": "OCTET_LENGTH"}  # of functions that sqlglot does not translate


@dataclass(frozen=True)
class FileScan:
    """A scan: the view that it becomes, its statement over `tasks.SOURCE`, and its files."""

    view: str
    text: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Translated:
    """A statement of Spark, and the scans whose views it reads."""

    text: str
    scans: tuple[FileScan, ...]


def parsed(text: str) -> exp.Expr:
    """Returns the tree of a statement of DuckDB."""
    return parse_one(text, read="duckdb")


def reads_tables(tree: exp.Expr) -> bool:
    """Returns whether a statement reads more than files: tables or views of this session."""
    return any(not isinstance(table.this, exp.Func) for table in tree.find_all(exp.Table))


def translate(tree: exp.Expr, columns_of: Callable[[str], Sequence[str]], new_name: Callable[[], str]) -> Translated:
    """Returns the statement for Spark. `columns_of` returns the columns of a table or view of this session."""
    holder = exp.Subquery(this=tree.copy())
    for call in holder.find_all(exp.Anonymous):
        call.set("this", _SPARK_NAMES.get(call.name.upper(), call.name))
    for select in list(holder.find_all(exp.Select)):
        _without_qualify(select, columns_of)
    scans: list[FileScan] = []
    for select in list(holder.find_all(exp.Select)):
        if _is_scan(select) and not _is_within_scan(select):
            scans.append(_apart(select, new_name()))
    for select in list(holder.find_all(exp.Select)):
        if _reads_files(select):
            scans.append(_joined_apart(select, new_name()))
        _with_on(select)
    return Translated(holder.this.sql(dialect="spark"), tuple(scans))


def _is_scan(select: exp.Select) -> bool:
    """Returns whether each row of the result depends on one row of a file."""
    if {name for name, value in select.args.items() if value} - _PLAIN:
        return False
    if any(projection.find(exp.AggFunc, exp.Window) for projection in select.expressions):
        return False
    source = _source(select)
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Select):
        return _is_scan(source.this)
    return _is_files(source)


def _is_within_scan(select: exp.Select) -> bool:
    around = select.parent_select
    return isinstance(around, exp.Select) and _source(around) is select.parent and _is_scan(around)


def _apart(select: exp.Select, view: str) -> FileScan:
    """Replaces a scan by a view."""
    table = next(table for table in select.find_all(exp.Table) if _is_files(table))
    files = _files(table)
    table.replace(exp.to_table(SOURCE))
    scan = FileScan(view, select.sql(dialect="duckdb"), files)
    select.replace(exp.select("*").from_(exp.to_table(view)))
    return scan


def _joined_apart(select: exp.Select, view: str) -> FileScan:
    """Takes the scan out of a SELECT that reads files and joins: its columns first, then the join."""
    source = _source(select)
    inner = exp.Select(expressions=select.expressions, from_=exp.From(this=exp.to_table(SOURCE)))
    scan = FileScan(view, inner.sql(dialect="duckdb"), _files(source))
    select.set("expressions", [exp.Star()])
    source.replace(exp.to_table(view))
    return scan


def _reads_files(select: exp.Select) -> bool:
    return _is_files(_source(select)) and not select.find(exp.AggFunc, exp.Window)


def _with_on(select: exp.Select) -> None:
    """Writes USING of semi and anti joins as ON, so that the columns keep their order."""
    for join in select.args.get("joins") or ():
        keys = join.args.get("using")
        if not keys or str(join.args.get("kind")).upper() not in ("SEMI", "ANTI"):
            continue
        source = _source(select)
        source.set("alias", exp.TableAlias(this=exp.to_identifier("_l")))
        join.this.set("alias", exp.TableAlias(this=exp.to_identifier("_r")))
        equal = [exp.EQ(this=exp.column(key.name, "_l"), expression=exp.column(key.name, "_r")) for key in keys]
        join.set("using", None)
        join.set("on", exp.and_(*equal))


def _without_qualify(select: exp.Select, columns_of: Callable[[str], Sequence[str]]) -> None:
    """Writes QUALIFY as a condition on a numbered subquery, with the names of the columns in place of a star."""
    qualify = select.args.get("qualify")
    if qualify is None:
        return
    names = [exp.column(name, quoted=True) for name in _names(select, columns_of)]
    numbers = qualify.find(exp.Window)
    inner = select.copy()
    inner.set("qualify", None)
    inner.append("expressions", exp.alias_(numbers.copy(), _NUMBER))
    numbers.replace(exp.column(_NUMBER))
    where = exp.Where(this=qualify.this)
    for name in list(select.args):
        select.set(name, None)
    select.set("expressions", names)
    select.set("from_", exp.From(this=inner.subquery("_q")))
    select.set("where", where)


def _names(query: exp.Expr, columns_of: Callable[[str], Sequence[str]]) -> list[str]:
    """Returns the names of the columns of a query. A star has those of its source."""
    while not isinstance(query, exp.Select):
        if isinstance(query, exp.Table):
            return list(columns_of(query.name))
        query = query.this
    names: list[str] = []
    for projection in query.expressions:
        names += _names(_source(query), columns_of) if projection.is_star else [projection.alias_or_name]
    return names


def _source(select: exp.Select) -> exp.Expr:
    from_ = select.args.get("from_") or select.args.get("from")
    return from_.this if from_ is not None else exp.Null()


def _is_files(source: exp.Expr) -> bool:
    return isinstance(source, exp.Table) and isinstance(source.this, exp.ReadParquet)


def _files(source: exp.Expr) -> tuple[str, ...]:
    listed = source.this.expressions[0]
    return tuple(literal.this for literal in (listed.expressions if isinstance(listed, exp.Array) else (listed,)))
