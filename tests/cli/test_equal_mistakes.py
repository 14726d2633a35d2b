"""Many equal mistakes are one line with their number and the probable cause; none of another cause is lost (M7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest

from reconciler.cli.grouping import grouped, singly
from reconciler.errors import Alike, Mistake, Source
from tests.cli.running import Done, Repository

Reconcile = Callable[..., Done]
FILE = "manifests/base/Customers.csv"


def customers(
    repository: Repository, header: str, rows: Iterable[str], *attributes: Mapping[str, Any], **spec: Any
) -> None:
    key = {"name": "ID", "valueType": "TEXT", "primary": True}
    columns = [key, *attributes] if "ID" not in {each["name"] for each in attributes} else [*attributes]
    table = {"timeZone": "UTC", "attributes": columns, "values": {"file": "Customers.csv"}, **spec}
    repository.declare({"kind": "DataTable", "metadata": {"name": "Customers"}, "spec": table})
    (repository.root / FILE).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")


def text(name: str, **rules: Any) -> dict[str, Any]:
    return {"name": name, "valueType": "TEXT", "validation": rules}


def test_300_lost_zeros_are_one_line_with_their_number_the_first_and_the_cause(
    repository: Repository, reconcile: Reconcile
) -> None:
    """M7."""
    customers(repository, "ID,Number", (f"{n},{n}" for n in range(1, 301)), text("Number", minLength=6))

    done = reconcile("validate")

    assert done.code == 1
    assert done.out.splitlines() == [
        f'{FILE}:2:3: column Number: 300 values are shorter than 6 characters (first: line 2 "1"; also "2", "3" …); '
        "leading zeros lost? Format the column as Text",
        "300 mistakes, 0 findings in 1 file; --full lists each",
    ]


def test_full_lists_each(repository: Repository, reconcile: Reconcile) -> None:
    customers(repository, "ID,Number", (f"{n},{n}" for n in range(1, 301)), text("Number", minLength=6))

    done = reconcile("validate", "--full")

    assert len(done.out.splitlines()) == 301
    assert done.last == "300 mistakes, 0 findings in 1 file"
    assert 'minLength 6: "7" has 1 character; leading zeros lost? Format the column as Text' in done.out


def test_a_plan_groups_them_as_well(repository: Repository, reconcile: Reconcile) -> None:
    customers(repository, "ID,Number", (f"{n},{n}" for n in range(1, 301)), text("Number", minLength=6))

    done = reconcile("plan")

    assert "column Number: 300 values" in done.err
    assert len(done.err.splitlines()) == 2


def test_two_mistakes_of_another_cause_come_before_the_long_list(repository: Repository, reconcile: Reconcile) -> None:
    """M7: the two real mistakes in queues.yaml were at the very end of 240 lines."""
    rows = [f"{n},{n},gold" for n in range(1, 241)]
    customers(repository, "ID,Number,Tier", rows, text("Number", minLength=6), text("Tier", maxLength=8))
    (repository.root / "manifests/base/queues.yaml").write_text("kind: Queue\nmetadata: {nam: A}\nspec: {x: 1}\n")

    lines = reconcile("validate").out.splitlines()

    assert [line.split(":")[0] for line in lines[:-1]] == ["manifests/base/queues.yaml"] * 3 + [FILE]
    assert lines[-1].startswith("243 mistakes")


def test_json_lists_each_mistake_and_the_groups(repository: Repository, reconcile: Reconcile) -> None:
    customers(repository, "ID,Number", (f"{n},{n}" for n in range(1, 11)), text("Number", minLength=6))

    document = json.loads(reconcile("validate", "--format", "json").out)

    assert len(document["mistakes"]) == 10
    (group,) = document["groups"]
    assert (group["file"], group["line"], group["column"], group["count"]) == (FILE, 2, 3, 10)
    assert group["lines"] == list(range(2, 12))
    assert "leading zeros lost?" in group["message"]


def test_github_shows_one_annotation_of_many_and_each_with_full(repository: Repository, reconcile: Reconcile) -> None:
    customers(repository, "ID,Number", (f"{n},{n}" for n in range(1, 11)), text("Number", minLength=6))

    one = reconcile("validate", "--format", "github").out
    each = reconcile("validate", "--format", "github", "--full").out

    assert one.count("::error ") == 1
    assert each.count("::error ") == 10


@pytest.mark.parametrize(
    ("attribute", "cell", "cause"),
    [
        (text("X", minLength=6), "1", "leading zeros lost? Format the column as Text"),
        (text("X", enum={"strict": True, "values": ["01", "02"]}), "1", "leading zeros lost?"),
        (text("X", maxLength=4), "25/12/2026", "a date that a spreadsheet has reformatted? Format the column as Text"),
        (text("X", maxLength=4), "25-Dec-26", "a date that a spreadsheet has reformatted?"),
        (text("X", maxLength=4), "4.53E+11", "a number that a spreadsheet has shortened?"),
        ({"name": "X", "valueType": "NUMBER"}, '"1,234,567"', "thousands separators? Write 1234567"),
        ({"name": "X", "valueType": "NUMBER"}, "1.234.567", "thousands separators?"),
        ({"name": "X", "valueType": "NUMBER"}, "1 234", "thousands separators?"),
        ({"name": "X", "valueType": "NUMBER"}, '"1,234"', "a thousands separator, or a decimal comma?"),
        ({"name": "X", "valueType": "NUMBER"}, '"8,5"', "a decimal comma? Write 8.5"),
        ({"name": "X", "valueType": "NUMBER"}, "8.5%", "a percentage? Write 0.085"),
        ({"name": "X", "valueType": "NUMBER"}, "€ 12.50", "a currency sign?"),
        ({"name": "X", "valueType": "NUMBER"}, "#N/A", "a formula's error?"),
        ({"name": "X", "valueType": "BOOLEAN"}, "WAHR", "write true or false"),
    ],
)
def test_a_spreadsheet_is_named_as_the_probable_cause(
    repository: Repository, reconcile: Reconcile, attribute: dict[str, Any], cell: str, cause: str
) -> None:
    """M7: of one value and of many."""
    customers(repository, "ID,X", [f"a,{cell}"], attribute)
    one = reconcile("validate").out
    customers(repository, "ID,X", [f"{n},{cell}" for n in range(5)], attribute)
    many = reconcile("validate").out

    assert cause in one.splitlines()[0]
    assert "column X: 5 values" in many.splitlines()[0]
    assert cause in many.splitlines()[0]


def test_values_wrong_for_different_causes_are_lines_of_their_own(repository: Repository, reconcile: Reconcile) -> None:
    rows = [*(f"{n},1" for n in range(5)), *(f"x{n},ab" for n in range(5))]
    customers(repository, "ID,Number", rows, text("Number", minLength=6))

    first, second, last = reconcile("validate").out.splitlines()

    assert "leading zeros" in first
    assert second == f'{FILE}:7:4: column Number: 5 values are shorter than 6 characters (first: line 7 "ab")'
    assert last.startswith("10 mistakes")


def test_rows_of_a_wrong_length_are_one_line(repository: Repository, reconcile: Reconcile) -> None:
    customers(repository, "ID,Number", [f"{n},1,2" for n in range(90)], text("Number"))

    assert reconcile("validate").out.startswith(
        f"{FILE}:2:5: 90 rows have 3 cells, the header 2 (first: line 2; lines 2–91); put a text with a comma in"
    )


def alike(line: int, message: str = "m", file: str = "a.yaml") -> Mistake:
    return Mistake(Source(file, line, 1), message)


def test_equal_messages_of_one_file_name_their_lines() -> None:
    (group,) = grouped(map(alike, (3, 4, 5, 9, 11, 20, 22, 24)))

    assert str(group) == "a.yaml:3:1: m (and 7 more: lines 3–5, 9, 11, 20, 22 …)"


def test_a_few_equal_mistakes_are_listed_each() -> None:
    assert [str(group) for group in grouped(map(alike, (1, 2, 3)))] == [
        "a.yaml:1:1: m",
        "a.yaml:2:1: m",
        "a.yaml:3:1: m",
    ]


def test_equal_messages_of_different_files_keep_their_places() -> None:
    assert len(grouped(alike(1, file=f"{name}.yaml") for name in "abcde")) == 5


def test_nothing_is_lost_when_equal_mistakes_are_grouped() -> None:
    """Every mistake is in just one group, in either form."""
    mistakes = [
        Mistake(
            Source(f"{line % 3}.csv", line, 1), f"m{line}", Alike("values are odd", f"column {line % 4}", str(line))
        )
        for line in range(200)
    ]

    for groups in (grouped(mistakes), singly(mistakes)):
        assert sorted(mistake for group in groups for mistake in group.mistakes) == sorted(mistakes)
