"""Mistakes and findings in the rows of a data table."""

import pytest

from reconciler.errors import Source
from reconciler.model import Linked
from reconciler.model.environment import Quotas
from tests.builders.declared_tables import column, findings, key, mistakes, problems, row, table

TIERS = table(key(), column("Tier", validation={"maxLength": 8}), column("Score", "NUMBER"))
ROW = row(ID="a", Tier="Gold", Score="1")


def typed(value_type, **more):
    return table(key(), column("X", value_type, **more))


# Keys


def test_rows_need_a_primary_attribute_s0_23():
    (message,) = mistakes(table(column("Tier")), row(Tier="Gold"))

    assert "no primary attribute" in message


@pytest.mark.parametrize("texts", [{}, {"Part": None}])
def test_a_row_has_every_primary_attribute_s0_24(texts):
    declared = table(key(), key("Part"), column("Tier"))

    (problem,) = problems(declared, row(7, ID="a", Tier="Gold", **texts))

    assert "a row has no Part" in problem.message
    assert problem.source is not None
    assert (problem.source.file, problem.source.line) == ("rows.csv", 7)


def test_the_empty_text_may_be_part_of_a_key():
    assert mistakes(table(key(), key("Part")), row(ID="a", Part="")) == []


def test_an_empty_key_is_the_default_records():
    assert "values.default" in mistakes(table(key(), key("Part")), row(ID="", Part=""))[0]


def test_an_empty_number_is_not_a_key():
    assert '"" does not fit' in mistakes(table(key(value_type="NUMBER")), row(ID=""))[0]


@pytest.mark.parametrize(
    ("value_type", "rules", "one", "other"),
    [
        ("TEXT", {}, "a", "a"),
        ("NUMBER", {}, "1", "1.0"),
        ("NUMBER", {}, "100", "1e2"),
        ("TEXT", {"ignoreCase": True}, "Straße", "STRASSE"),
    ],
)
def test_a_key_is_declared_once_s0_24(value_type, rules, one, other):
    declared = table(key(value_type=value_type, validation=rules), column("Tier"))

    (message,) = mistakes(declared, row(3, ID=one, Tier="x"), row(9, ID=other, Tier="y"))

    assert message == f"row ID={other} is declared twice: at rows.csv:3 and at rows.csv:9; remove one"


@pytest.mark.parametrize(("one", "other"), [("a", "A"), ("1", "1.0"), ("a", "a ")])
def test_texts_that_differ_are_different_keys(one, other):
    assert mistakes(table(key(), column("Tier")), row(ID=one, Tier="x"), row(ID=other, Tier="x")) == []


def test_keys_of_two_parts_are_compared_whole():
    declared = table(key(), key("Part"), column("Tier"))

    assert mistakes(declared, row(ID="a", Part="b", Tier="x"), row(ID="a", Part="c", Tier="x")) == []


@pytest.mark.parametrize("value_type", ["TEXT", "NUMBER"])
def test_a_key_cannot_be_an_expression(value_type):
    declared = table(key(value_type=value_type), column("Tier"))

    assert "is an expression, which a primary attribute cannot have" in mistakes(declared, row(ID="=A1", Tier="x"))[0]


def test_a_key_keeps_its_rules():
    declared = table(key(validation={"minLength": 3}), column("Tier"))

    assert mistakes(declared, row(ID="ab", Tier="x")) == ['ID of ID=ab: minLength 3: "ab" has 2 characters']


# Cells


def test_an_undeclared_attribute_is_reported_once_with_a_suggestion_s0_24():
    (message,) = mistakes(TIERS, *(row(n, ID=str(n), Tire="x", Tier="y", Score="1") for n in range(2, 5)))

    assert message == 'attribute "Tire" is not declared (in 3 rows); did you mean "Tier"?'


def test_a_mistake_names_attribute_row_rule_and_value_s0_31():
    (problem,) = problems(TIERS, row(4, ID="a", Tier="Platinum+", Score="1"))

    assert problem.message == 'Tier of ID=a: maxLength 8: "Platinum+" has 9 characters'
    assert problem.source == Source("rows.csv", 4, 2)


@pytest.mark.parametrize(
    ("value_type", "text"),
    [
        ("NUMBER", "1,5"),
        ("NUMBER", "high"),
        ("NUMBER", ""),
        ("NUMBER", ("1",)),
        ("BOOLEAN", "yes"),
        ("BOOLEAN", ""),
        ("TEXT", ("a", "b")),
        ("TEXT_LIST", '["a", 1]'),
        ("TEXT_LIST", '["a"'),
        ("NUMBER_LIST", "1, two"),
        ("NUMBER_LIST", ("1", "2,5")),
    ],
)
def test_a_text_fits_its_type_s0_58(value_type, text):
    (message,) = mistakes(typed(value_type), row(ID="a", X=text))

    assert message.startswith(f"X of ID=a: valueType {value_type}: ")


@pytest.mark.parametrize("value_type", ["TEXT", "NUMBER", "BOOLEAN"])
def test_an_expression_may_be_a_plain_cell(value_type):
    assert problems(typed(value_type), row(ID="a", X="=1+1")) == []


@pytest.mark.parametrize("value_type", ["TEXT_LIST", "NUMBER_LIST"])
def test_a_list_cannot_be_an_expression(value_type):
    assert mistakes(typed(value_type), row(ID="a", X="=1+1")) == [
        f'X of ID=a: "=1+1" is an expression, which a {value_type} cannot have'
    ]


@pytest.mark.parametrize(("count", "expected"), [(99, 0), (100, 0), (101, 1)])
def test_a_list_has_100_items_at_most(count, expected):
    assert len(mistakes(typed("TEXT_LIST"), row(ID="a", X=("x",) * count))) == expected


@pytest.mark.parametrize(("cells", "expected"), [(1, 0), (2, 0), (3, 1)])
def test_a_table_has_room_for_its_cells(cells, expected):
    rows = [row(line, ID=str(line), X="x") for line in range(cells - 1)]

    found = mistakes(typed("TEXT"), *rows, default=row(X="y"), quotas=Quotas({"cellsPerTable": 2}))

    assert len(found) == expected


def test_absent_cells_take_no_room():
    assert mistakes(typed("TEXT"), row(ID="a", X=None), quotas=Quotas({"cellsPerTable": 0})) == []


def test_an_attribute_that_no_row_has_is_a_finding():
    (message,) = findings(TIERS, row(ID="a", Tier="x"), severity="info")

    assert message == 'no row has a value for "Score"; its live values are left alone'


def test_cells_of_an_observed_attribute_are_a_finding_and_not_checked():
    declared = table(key(), column("Seen", "NUMBER", ownership="observed"))

    (problem,) = problems(declared, row(ID="a", Seen="yesterday"))

    assert problem.severity == "info"
    assert '"Seen" is observed' in problem.message


def test_cells_of_a_wrong_definition_are_still_checked():
    declared = table(key(), column("Score", "NUMBER", validation={"maxLength": "long"}))

    assert len(mistakes(declared, row(ID="a", Score="high"))) == 2


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"ownership": "observed"}, '"X" is observed, so its declared cells are ignored (in one row)'),
        ({"primary": True}, 'X of ID=a, X=: valueType NUMBER: "" does not fit'),
    ],
)
def test_an_attribute_with_wrong_rules_keeps_its_owner_and_key(more, expected):
    declared = typed("NUMBER", validation={"maximum": "much"}, **more)

    assert any(problem.message.startswith(expected) for problem in problems(declared, row(ID="a", X="")))


def test_attributes_that_no_row_has_are_one_finding():
    (message,) = findings(table(key(), *map(column, "ABCDEFGHIJ")), row(ID="a", A="x"), severity="info")

    assert message == (
        'no row has a value for "B" or "C" or "D" or "E" or "F" or "G" or "H" or "I" or 1 more; their live values are '
        "left alone"
    )


def test_rows_with_only_a_key_are_one_warning():
    rows = [row(2, ID="a", Tier="x"), row(3, ID="d", Tier=None, Score=None), row(4, ID="e"), row(5, ID="f")]

    (problem,) = [each for each in problems(TIERS, *rows) if each.severity == "warning"]

    assert problem.message == (
        "row ID=d has only a key (and 2 more); AWS keeps no row without a value, so it will not exist: "
        "add a value, or remove the row"
    )
    assert problem.source == Source("rows.csv", 3)


def test_rows_of_a_table_with_only_keys_are_a_warning():
    (message,) = findings(table(key()), row(ID="a"))

    assert message.startswith("row ID=a has only a key; AWS")


def test_a_row_with_observed_cells_may_have_only_a_key():
    assert findings(table(key(), column("Tier", ownership="observed")), row(ID="a")) == []


def test_a_key_cannot_have_a_reference():
    (message,) = mistakes(TIERS, row(ID=Linked("${DataTable/B.id}"), Tier="x", Score="1"))

    assert message.endswith('"${DataTable/B.id}" is a reference, and a key cannot have one; write the key itself')


# Attributes of a wrong type


WRONG_TYPES = [key(), column("Tier"), column("Score", "NUBMER")], [key(value_type="TXET"), column("Tier")]


@pytest.mark.parametrize("attributes", WRONG_TYPES)
def test_a_wrong_type_does_not_hide_repeated_rows(attributes):
    (message,) = mistakes(table(*attributes), row(2, ID="a", Tier="x"), row(3, ID="a", Tier="y"))

    assert "row ID=a is declared twice" in message


@pytest.mark.parametrize("attributes", WRONG_TYPES)
def test_a_wrong_type_does_not_hide_missing_or_undeclared_keys(attributes):
    found = mistakes(table(*attributes), row(2, ID=None, Tier="x"), row(3, ID="a", Tire="y"))

    assert [message.partition(";")[0] for message in found] == [
        'attribute "Tire" is not declared (in one row)',
        "a row has no ID",
    ]


@pytest.mark.parametrize("attributes", WRONG_TYPES)
def test_a_wrong_type_does_not_hide_a_wrong_move(attributes):
    found = mistakes(table(*attributes), row(ID="a", Tier="x"), moved=((row(ID="a"), row(ID="b", Tier="x")),))

    assert found == ['attribute "Tier" is not a primary attribute; name only primary attributes in a move']


def test_a_key_of_unknown_type_is_not_reported_as_undeclared():
    declared = table(key(value_type="TXET"), key("Part"), column("Tier"))

    assert mistakes(declared, row(2, ID="1", Part="a", Tier="x"), row(3, ID="1.0", Part="a", Tier="x")) == []


def test_whether_an_unreadable_attribute_is_a_key_is_not_guessed():
    declared = table(key(), column("Part", primary="yes"), column("Tier"))

    assert mistakes(declared, row(2, ID="a", Part="1", Tier="x"), row(3, ID="a", Part="2", Tier="x")) == []


# The default record


@pytest.mark.parametrize(
    ("rows", "where"),
    [(0, "in the default record"), (1, "in one row and in the default record")],
)
def test_the_default_record_is_not_a_row(rows, where):
    declared = table(key(), column("X", ownership="observed"))

    (message,) = findings(declared, *[row(ID="a", X="x")] * rows, default=row(X="y"), severity="info")

    assert message.endswith(f"({where})")


def test_the_default_record_keeps_the_rules():
    (problem,) = problems(TIERS, ROW, default=row(9, Tier="much too long"))

    assert problem.path == ("values", "default")
    assert problem.message.startswith("Tier of the default record: maxLength 8")


def test_the_default_record_has_no_key():
    assert "has no key" in mistakes(TIERS, ROW, default=row(ID="a"))[0]


def test_the_default_record_has_declared_attributes():
    assert '"Tire" is not declared' in mistakes(TIERS, ROW, default=row(Tire="Gold"))[0]


def test_the_default_record_needs_no_primary_attribute():
    assert mistakes(table(column("Tier")), default=row(Tier="Gold")) == []


# Damage by spreadsheets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@home", "formula"),
        ("-rabais", "formula"),
        ("+SUM(A1)", "formula"),
        ("1E+05", "shortened"),
        ("1.5E+11", "shortened"),
        ("“Gold”", "typographic"),
    ],
)
def test_damage_by_a_spreadsheet_is_a_finding(text, expected):
    (message,) = findings(typed("TEXT"), row(ID="a", X=text))

    assert expected in message


@pytest.mark.parametrize("text", ["+41 44 000 00 00", "-5", "-0.5", "-", "l’appel", "a@b", "1E5x", "-.5", "3-May"])
def test_texts_that_a_spreadsheet_would_leave_are_fine(text):
    assert findings(typed("TEXT"), row(ID="a", X=text)) == []


@pytest.mark.parametrize("text", ["3-May", "May-24", "03-Dec-2026", "2026-05-03 00:00:00"])
def test_a_key_that_became_a_date_is_a_finding(text):
    assert "has changed to a date" in findings(typed("TEXT"), row(ID=text, X="x"))[0]


def test_one_damaged_cell_mentions_no_others():
    assert findings(typed("TEXT"), row(ID="a", X="@x")) == ['X: "@x" would become a formula in a spreadsheet']


def test_damage_is_reported_once_per_column():
    (problem,) = problems(typed("TEXT"), *(row(line, ID=str(line), X="@x") for line in range(5, 9)))

    assert problem.message.endswith("(and 3 more in this column)")
    assert problem.source == Source("rows.csv", 5, 2)
