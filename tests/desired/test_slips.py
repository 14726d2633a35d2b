"""Likely slips in valid manifests: similar names, traces of spreadsheets, hours that end before they begin."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from reconciler.desired import examine
from tests.builders.folders import BASE, TIERS, messages, reading, write

CSV = "manifests/base/Tiers.csv"
HOURS = "kind: HoursOfOperation\nmetadata: {{name: {name}}}\nspec: {{timeZone: UTC, config: [{config}]}}\n"
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "Zürich") for form in ("NFC", "NFD"))


def queue(name: str, hours: str = "Day") -> str:
    return f"kind: Queue\nmetadata: {{name: {name}}}\nspec: {{hoursOfOperation: {hours}}}\n"


def warnings(root: Path, text: str | Sequence[str]) -> list[str]:
    documents = [text] if isinstance(text, str) else list(text)
    read = reading(root, {"manifests/base/x.yaml": "---\n".join([HOURS.format(name="Day", config=""), *documents])})
    assert messages(read) == []
    return [finding.message for finding in read.findings if finding.severity == "warning"]


def of_rows(root: Path, rows: str | bytes, table: str = TIERS) -> list[str]:
    read = reading(root, {**BASE, "manifests/base/Tiers.yaml": table, CSV: rows})
    return [*messages(read), *(f"{each.source}: {each.severity}: {each.message}" for each in read.findings)]


# Names


def test_a_name_in_another_unicode_form_is_explained(tmp_path: Path) -> None:
    """m16: the two look the same on the screen."""
    files = {"x.yaml": HOURS.format(name=COMPOSED, config=""), "y.yaml": queue("Q", DECOMPOSED)}

    (mistake,) = messages(reading(tmp_path, {f"manifests/base/{name}": text for name, text in files.items()}))

    assert "is not declared" in mistake
    assert "looks the same, but its accents are stored in another way (this one is decomposed Unicode)" in mistake


def test_an_invisible_character_in_a_reference_is_named(tmp_path: Path) -> None:
    """m17."""
    text = HOURS.format(name="Day", config="") + "---\n" + queue("Q", "Da\u200by")

    (mistake,) = messages(reading(tmp_path, {"manifests/base/x.yaml": text}))

    assert "differs only in an invisible character (U+200B): type the name again" in mistake


@pytest.mark.parametrize("letter", ["\u200b", "\u00ad", "\u2060", "\u00a0"])
def test_an_invisible_character_in_a_name_is_a_warning(tmp_path: Path, letter: str) -> None:
    """m17: not a mistake, because AWS accepts it and an export must be valid."""
    (warning,) = warnings(tmp_path, queue(f"Sal{letter}es"))

    assert f"has an invisible character, U+{ord(letter):04X} at 4" in warning


def test_names_that_differ_only_in_case_are_a_warning(tmp_path: Path) -> None:
    """m17: `Sales` beside `sales`."""
    (warning,) = warnings(tmp_path, [queue("Sales"), queue("sales")])

    assert warning == (
        '"sales" is easily confused with the Queue at manifests/base/x.yaml:5:1: "Sales" differs from it only in case: '
        "rename one of them"
    )


def test_names_in_two_unicode_forms_are_a_warning(tmp_path: Path) -> None:
    """m16."""
    (warning,) = warnings(tmp_path, [queue(COMPOSED), queue(DECOMPOSED)])

    assert "its accents are stored in another way" in warning


def test_equal_names_of_two_kinds_are_not_a_warning(tmp_path: Path) -> None:
    assert warnings(tmp_path, queue("day")) == []


# Hours


def test_hours_that_end_before_they_begin_are_a_warning_with_the_two_to_write(tmp_path: Path) -> None:
    """m17: AWS's pages show no hours that go past midnight."""
    opening = '{day: SUNDAY, startTime: "17:30", endTime: "09:00"}'

    (warning,) = warnings(tmp_path, HOURS.format(name="Night", config=opening))

    assert warning == (
        "endTime 09:00 is before startTime 17:30; if these hours go past midnight, write two periods: SUNDAY 17:30 to "
        "00:00, and MONDAY 00:00 to 09:00"
    )


def test_hours_until_midnight_are_ordinary(tmp_path: Path) -> None:
    """Source: administrator guide, "How to specify midnight": 10:00AM to 12:00AM is 14 hours."""
    opening = '{day: SUNDAY, startTime: "10:00", endTime: "00:00"}'

    assert warnings(tmp_path, HOURS.format(name="Night", config=opening)) == []


OVERRIDE = (
    "kind: HoursOfOperation\nmetadata: {name: Day}\nspec:\n  timeZone: UTC\n  config: []\n  overrides:\n"
    '    - {name: Easter, config: [], effectiveFrom: "2030-04-19", effectiveTill: "2030-04-22"}\n'
)


@pytest.mark.parametrize(
    ("today", "is_over"),
    [(None, False), (date(2030, 4, 1), False), (date(2030, 4, 23), False), (date(2030, 4, 24), True)],
)
def test_a_past_override_is_reported_by_the_given_day(tmp_path: Path, today: date | None, is_over: bool) -> None:
    """m17: one day later than in UTC, because it may still be yesterday in the time zone of the hours."""
    environment = write(tmp_path, {"manifests/base/x.yaml": OVERRIDE})

    found = [(each.severity, each.message) for each in examine(environment, {}, today=today).findings]

    message = 'the override "Easter" ended on 2030-04-22; delete it, or change its dates'
    assert found == ([("info", message)] if is_over else [])


def test_a_till_before_its_from_is_named_with_both(tmp_path: Path) -> None:
    """Weak messages: the message had no subject."""
    (mistake,) = messages(reading(tmp_path, {"manifests/base/x.yaml": OVERRIDE.replace("2030-04-22", "2030-04-18")}))

    assert mistake.endswith(
        "effectiveTill 2030-04-18 is before effectiveFrom 2030-04-19, so the override never applies; swap the two, "
        "or correct one"
    )


# Traces of a spreadsheet


def test_empty_rows_of_a_spreadsheet_are_skipped_with_a_finding(tmp_path: Path) -> None:
    """m14: they were reported as rows without a key."""
    rows = "Customer,Tier,Score\nC1,Basic,1\n,,\n,,\n,,,,\n,,\n"

    assert of_rows(tmp_path, rows) == [
        f"{CSV}:3:1: info: 3 lines from 3 to 6 are empty and skipped; delete them in the spreadsheet"
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00[Content_Types].xml\x95", "an Excel workbook (.xlsx)"),
        (b"PK\x03\x04\x14mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old Excel workbook (.xls)"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive"),
    ],
)
def test_a_workbook_is_named_with_the_remedy(tmp_path: Path, content: bytes, kind: str) -> None:
    """m15: the message was about a byte that is not UTF-8."""
    assert of_rows(tmp_path, content) == [
        f"{CSV}: is {kind}, not text; export the sheet as CSV UTF-8, and name that file"
    ]


@pytest.mark.parametrize(
    ("values", "effect"),
    [
        ("file: Tiers.csv", "live rows stay"),
        ("file: Tiers.csv\n    prune: true", "apply deletes every live row, because values.prune is true"),
    ],
)
def test_a_file_with_only_a_header_is_a_warning(tmp_path: Path, values: str, effect: str) -> None:
    """m17."""
    found = of_rows(tmp_path, "Customer,Tier,Score\n", TIERS.replace("file: Tiers.csv", values))

    assert found == [f"{CSV}:1:1: warning: has a header but no rows: {effect}; add the rows, or leave values out"]


def test_dates_in_two_forms_in_one_column_are_a_warning(tmp_path: Path) -> None:
    """m17: a spreadsheet rewrites the dates that it recognizes."""
    rows = "Customer,Tier,Score\nC1,2026-12-25,1\nC2,2026-12-26,1\nC3,27/12/2026,1\n"

    (warning,) = of_rows(tmp_path, rows)

    assert warning == (
        f'{CSV}:4:4: warning: Tier: "27/12/2026" is a date in another form than "2026-12-25" (1 and 2 in this column); '
        "has a spreadsheet rewritten some? Write all in one form, and format the column as Text"
    )


def test_dates_in_one_form_and_other_texts_are_ordinary(tmp_path: Path) -> None:
    assert of_rows(tmp_path, "Customer,Tier,Score\nC1,27/12/2026,1\nC2,1/2/2027,1\nC3,1.5,1\nC4,x,1\n") == []


def test_a_list_with_another_separator_is_a_warning(tmp_path: Path) -> None:
    """m17: `en|de` is a list of one item."""
    table = TIERS.replace("{name: Tier, valueType: TEXT}", "{name: Tier, valueType: TEXT_LIST}")

    (warning,) = of_rows(tmp_path, 'Customer,Tier,Score\nC1,en|de,1\nC2,"a, b",1\nC3,fr;it,1\n', table)

    assert warning == (
        f'{CSV}:2:4: warning: Tier: "en|de" is a list of one item (and 1 more in this column); separate items with '
        'commas: "en, de"'
    )


def test_an_invisible_character_in_a_key_is_a_warning(tmp_path: Path) -> None:
    """m17."""
    (warning,) = of_rows(tmp_path, "Customer,Tier,Score\nC\u200b1,x,1\n")

    assert "has an invisible character in a key" in warning


def test_a_quote_closed_lines_later_is_reported_where_it_opens(tmp_path: Path) -> None:
    """Weak messages: an unclosed quote in a CSV file."""
    first, *_ = of_rows(tmp_path, 'Customer,Tier,Score\nC1,"Basic,1\nC2,"Gold",1\n')

    assert first.startswith(
        f"{CSV}:2:4: the quote opened here is closed only in line 3, and text follows it there: close it in its own"
    )
