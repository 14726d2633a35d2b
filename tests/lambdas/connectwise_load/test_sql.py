"""The SQL of the load is legal in Redshift, and its tables have the columns of the files."""

from __future__ import annotations

import pytest
import sqlglot

from reconciler.lambdas.connectwise.mapping import Column
from reconciler.lambdas.connectwise_load import migration, statements, views
from reconciler.lambdas.connectwise_load.catalogue import AFTER, BEFORE, Table, sql_type, tables_of
from reconciler.lambdas.connectwise_transform import columns as files
from reconciler.lambdas.shared.sql_files import copy, shipped
from reconciler.sandbox.redshift import dialect

TYPES = ("bigint", "decimal", "decimal(18,4)", "boolean", "timestamp", "text", "json")
TABLE = Table("tickets", tuple(Column(f"c{number}", type) for number, type in enumerate(TYPES)))
TEXTS = [
    *(text for file in shipped(migration.PACKAGE) for text in file.texts),
    *statements.FIRST,
    *(statements.APPLIED, statements.NOTE_APPLIED, statements.COLUMNS, statements.SEEN, statements.NOTE),
    *(statements.WATERMARKS, statements.FORGET.format(marks="%s"), statements.COUNT_STAGED),
    *(TABLE.create(), TABLE.add("c0"), TABLE.create_stage("stage", 2), statements.fill_stage(TABLE, "stage_2", 2)),
    *(statements.DISCARD_LOADED, statements.SUPERSEDED, statements.DISCARD_SUPERSEDED),
    *(statements.remove(TABLE), statements.insert(TABLE), statements.broken(TABLE)),
    *(
        text
        for name, query in views.views(TABLE, has_versions=True).items()
        for text in views.create_view("canonical", name, query)
    ),
    *views.create_view("tenant_a", "tickets", views.tenant_view(TABLE, "a", has_versions=True)),
    *views.create_view("tenant_a", "tickets", views.tenant_view(TABLE, "a", has_versions=False)),
    *(views.USERS, views.ENTERING, views.EXISTING, views.DEFINITIONS, views.drop_view("canonical", "tickets_history")),
    *(*views.grants("tenant_a", "IAMR:a"), *views.revokes("tenant_a", "IAMR:a")),
]
# sqlglot knows neither; the engine runs them in other tests.
OTHERS = [statements.ALONE, views.create_user("IAMR:a"), copy("stage", "s3://b/k", "arn:aws:iam::111122223333:role/r")]


@pytest.mark.parametrize("text", [*TEXTS, *OTHERS])
def test_nothing_that_redshift_refuses_is_sent(text: str) -> None:
    assert dialect.refused(text) == []


@pytest.mark.parametrize("text", TEXTS)
def test_every_statement_parses_as_redshifts(text: str) -> None:
    parsed = sqlglot.parse(text.replace("%s", "null").replace("%%", "%"), dialect="redshift")

    assert len(parsed) == 1
    assert not isinstance(parsed[0], sqlglot.exp.Command) or text.startswith(("grant", "revoke"))


def test_a_stage_has_the_columns_of_a_file_in_its_order() -> None:
    stage = TABLE.staged(2)

    assert list(stage) == [*files.BEFORE, "c0", "c1", *files.AFTER]
    assert (tuple(BEFORE), tuple(AFTER)) == (files.BEFORE, files.AFTER)
    assert {name for name, type in AFTER.items() if type == "timestamp"} == set(files.TIMES)


def test_a_table_has_no_column_for_retractions_and_texts_of_the_longest_kind() -> None:
    assert "retracted" not in TABLE.kept
    assert [sql_type(type) for type in TYPES] == [
        *("bigint", "numeric(18,4)", "numeric(18,4)", "boolean", "timestamp", "varchar(65535)", "varchar(65535)")
    ]
    with pytest.raises(ValueError, match="unknown type float"):
        _ = tables_of({"t": [Column("c", "float")]})["t"].kept


def test_names_of_schemas_are_names_of_sql() -> None:
    assert views.schema_of("harbor-dental.eu") == "tenant_harbor_dental_eu"
    assert list(views.same_schema(["a-b", "a.b", "c"])) == [("a-b", "a.b")]
