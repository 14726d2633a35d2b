"""The SQL that ships: legal in Redshift, and in step with the columns."""

from __future__ import annotations

import re

import pytest
import sqlglot
from sqlglot import exp

from reconciler.lambdas.contact_calls import statements
from reconciler.lambdas.contact_calls.columns import COLUMNS, NAMES, OF_THE_LOAD
from reconciler.lambdas.contact_calls.migration import EXISTING
from reconciler.lambdas.contact_calls.statements import copy, shipped
from reconciler.lambdas.shared.sql_files import inserts, split
from reconciler.sandbox.redshift import dialect

SHIPPED = [(file.name, text) for file in shipped() for text in file.texts]
ROUTINE = re.compile(r"create or replace (procedure|function|view)")
SENT = [
    *(statements.SEEN, statements.ALONE, statements.MERGE, statements.MERGE_DIMENSIONS, *statements.FIRST),
    *(statements.APPLIED, statements.NOTE_APPLIED, statements.FORGET_APPLIED, statements.MERGE_WAITING, EXISTING),
    *(copy("s3://b/k", "arn:aws:iam::111122223333:role/r")),
    next(inserts("connect.f_calls_staging", statements.STAGED, [[None] * 37]))[0],
]


def body(procedure: str) -> list[str]:
    """The statements between begin and end."""
    inner = re.search(r"\bbegin\b(.*)\bend;", procedure, re.DOTALL)
    assert inner
    # The words of the language around statements, not the statements: the ones within `if` are checked as well.
    text = re.sub(r"(?m)^\s*(if .* then|end if;|return;|raise .*;)$", "", inner[1])
    text = re.sub(r"(?m)^\s*(call|lock) [^;]*;", "", text)  # sqlglot knows neither; the engine runs them in other tests
    text = re.sub(r"v_\w+ := ", "select ", text)
    text = re.sub(r"\s+into (v_\w+(, )?)+", " ", text)
    return [each.strip() for each in text.split(";") if each.strip() and not each.strip().startswith("get diagnostics")]


@pytest.mark.parametrize("text", [text for _, text in SHIPPED] + SENT)
def test_nothing_that_redshift_refuses_ships(text: str) -> None:
    """S3-21: the deny-list of what PostgreSQL would take and Redshift does not."""
    assert dialect.refused(text) == []


@pytest.mark.parametrize("text", [text for _, text in SHIPPED if not ROUTINE.match(text)])
def test_tables_parse_as_redshifts(text: str) -> None:
    """S3-14, S3-21."""
    parsed = sqlglot.parse_one(text, dialect="redshift")

    assert isinstance(parsed, (exp.Create, exp.Alter, exp.Insert, exp.Drop))
    assert ("diststyle" in text) == isinstance(parsed, exp.Create)


@pytest.mark.parametrize("text", [text for _, text in SHIPPED if "create or replace view" in text])
def test_a_view_is_not_bound_to_its_table_and_parses_as_redshifts(text: str) -> None:
    """A view that is bound at once forbids changes of its table."""
    parsed = sqlglot.parse_one(text.replace("with no schema binding", ""), dialect="redshift")

    assert isinstance(parsed, exp.Create)
    assert text.endswith("with no schema binding")


@pytest.mark.parametrize("text", [text for _, text in SHIPPED if "create or replace function" in text])
def test_a_function_is_one_expression_without_a_table(text: str) -> None:
    """A SQL function of Redshift is a SELECT without FROM; its arguments have no names."""
    inner = text.split("$$")[1]
    parsed = sqlglot.parse_one(inner, dialect="redshift")

    assert isinstance(parsed, exp.Select)
    assert parsed.args.get("from_") is None
    assert " from " not in inner


@pytest.mark.parametrize("procedure", [text for _, text in SHIPPED if "procedure" in text])
def test_every_statement_of_a_procedure_parses_as_redshifts(procedure: str) -> None:
    """S3-21: the parser must understand each statement; an opaque command would be unchecked."""
    for text in body(procedure):
        parsed = sqlglot.parse_one(text, dialect="redshift")
        assert not isinstance(parsed, exp.Command), text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("insert into t values (1) on conflict do nothing", "ON CONFLICT"),
        ("select distinct on (a) a from t", "DISTINCT ON"),
        ("create index i on t (a)", "CREATE INDEX"),
        ("truncate t", "TRUNCATE commits: never in a load"),
        ("select a from t where a is not distinct from b", "IS DISTINCT FROM"),
        ("begin exception when unique_violation then null; end", "handlers of anything but OTHERS"),
    ],
)
def test_the_lint_finds_what_it_should(text: str, name: str) -> None:
    assert dialect.refused(text) == [name]


def test_the_lint_looks_past_comments_and_texts() -> None:
    assert dialect.refused("select 'on conflict' -- returning\n /* truncate */") == []


def table(name: str) -> list[tuple[str, str]]:
    *_, text = (text for _, text in SHIPPED if re.match(rf"create table (if not exists )?connect\.{name} \(", text))
    inner = text[text.index("(") + 1 : text.index("\n)")]
    return [(line.split()[0], line.split()[1].rstrip(",")) for line in inner.strip().splitlines()]


def test_the_tables_have_the_columns_in_the_order_of_the_files() -> None:
    """S3-2, S3-14: COPY maps by position."""
    wanted = [(column.name, column.type) for column in COLUMNS]

    assert [name for name, _ in table("f_calls_staging")[:3]] == list(OF_THE_LOAD)
    assert table("f_calls_staging")[3:] == wanted
    assert table("f_calls")[: len(wanted)] == wanted


def test_the_procedure_keeps_every_column() -> None:
    (procedure,) = (text for name, text in SHIPPED if name == "0002_insert_new_f_calls")

    for name in NAMES:
        assert len(re.findall(rf"\b{name}\b", procedure)) >= 4, name


def test_a_file_is_split_at_the_semicolons_that_end_statements() -> None:
    text = "select 1; -- a; b\ncreate procedure p() as $$ begin; x; end; $$ language plpgsql;\nselect 2"

    assert split(text) == ["select 1", "create procedure p() as $$ begin; x; end; $$ language plpgsql", "select 2"]


def test_inserts_keep_below_the_parameters_that_the_protocol_counts() -> None:
    rows = [[1, 2, 3]] * 25000

    made = list(inserts("t", ("a", "b", "c"), rows))

    assert [len(values) for _, values in made] == [32766, 32766, 9468]
    assert all(text.count("%s") == len(values) for text, values in made)


@pytest.mark.parametrize(
    ("uri", "role"),
    [
        ("s3://b/k' iam_role", "arn:aws:iam::1:role/r"),
        ("s3://b/k", "arn:' or"),
        ("s3://b/k\n", "arn:aws:iam::1:role/r"),
    ],
)
def test_nothing_with_a_quote_gets_into_a_copy(uri: str, role: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a COPY"):
        copy(uri, role)
