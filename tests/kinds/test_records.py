"""The rows of a data table as they are sent."""

import pytest

from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Linked, Move, Record, WrittenRecords
from tests.builders.declared_tables import column, key, row, table


def records(declared, *rows, **more):
    kind = KINDS["DataTable"]
    spec = kind.spec.model_validate({"name": "T", **declared})
    return kind.records(spec, WrittenRecords(rows, **more))


@pytest.mark.parametrize(
    ("value_type", "text", "sent"),
    [
        ("TEXT", " a ", " a "),
        ("TEXT", "", ""),
        ("NUMBER", " 1.50 ", "1.50"),
        ("BOOLEAN", "TRUE", "true"),
        ("TEXT_LIST", "a, b", '["a", "b"]'),
        ("TEXT_LIST", ("a", "b, c"), '["a", "b, c"]'),
        ("TEXT_LIST", '["é"]', '["é"]'),
        ("TEXT_LIST", "", "[]"),
        ("TEXT_LIST", (), "[]"),
        ("NUMBER_LIST", "1,2.50", "[1, 2.50]"),
        ("NUMBER_LIST", ("1", "2.50", "+3"), "[1, 2.50, 3]"),
        ("NUMBER_LIST", "", "[]"),
        ("NUMBER_LIST", (), "[]"),
        ("NUMBER", "=1+1", "=1+1"),
        ("TEXT", None, None),
    ],
)
def test_a_cell_is_sent_in_the_form_of_its_type_s0_8(value_type, text, sent):
    (record,) = records(table(key(), column("X", value_type)), row(ID="a", X=text)).rows

    assert record == Record({"ID": "a"}, {"X": sent}, Source("rows.csv", 2))


def test_references_stay_references():
    (record,) = records(
        table(key(), column("X"), column("L", "TEXT_LIST")),
        row(ID="a", X=Linked("=XLOOKUP(${DataTable/B.arn})"), L=("x", Linked("${Queue/q.id}"))),
    ).rows

    assert {name: type(text) for name, text in record.cells.items()} == {"X": Linked, "L": Linked}


def test_a_text_that_only_looks_like_a_reference_stays_a_text():
    (record,) = records(table(key(), column("X")), row(ID="a", X="${Queue/q.id}")).rows

    assert type(record.cells["X"]) is str


def test_observed_cells_are_not_sent_and_seeds_are():
    declared = table(key(), column("Seen", ownership="observed"), column("First", ownership="seed"))

    (record,) = records(declared, row(ID="a", Seen="x", First="y")).rows

    assert record.cells == {"First": "y"}


def test_an_attribute_that_a_row_does_not_name_is_left_alone():
    (record,) = records(table(key(), column("Tier")), row(ID="a", Tier="x")).rows

    assert record.cells == {"Tier": "x"}


def test_records_hold_the_default_moves_and_prune():
    found = records(
        table(key(), column("Tier")), prune=True, default=row(5, Tier="x"), moved=((row(6, ID="a"), row(7, ID="b")),)
    )

    assert found.default == Record({}, {"Tier": "x"}, Source("rows.csv", 5))
    assert found.moved == (Move({"ID": "a"}, {"ID": "b"}, Source("rows.csv", 6)),)
    assert found.prune is True
