"""The shipped manifests are valid, and each mistake that an author makes in them is reported at its place."""

import shutil
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft7Validator

from reconciler.config import read_config
from reconciler.desired import Examination, examine
from reconciler.model import Ref
from reconciler.schemas.kind import manifest_schema, overlay_schema

ROOT = Path(__file__).parents[2]
TABLES = "manifests/base/data-tables"
YAML = sorted(ROOT.glob("manifests/**/*.yaml"))
CUSTOMERS, PRIORITIES = Ref("DataTable", "CustomerTypes"), Ref("DataTable", "PriorityLevels")


def reading(root: Path, environment: str = "prod") -> Examination:
    config = read_config(root / "reconcile.yaml", {})
    return examine(config.environments[environment], {}, tuple(config.environments))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "manifests", tmp_path / "manifests")
    shutil.copy(ROOT / "reconcile.yaml", tmp_path)
    return tmp_path


# As they are


@pytest.mark.parametrize("environment", ["sandbox", "prod"])
def test_the_examples_have_no_mistakes_and_no_findings_s0_53_s0_54(environment):
    read = reading(ROOT, environment)

    assert read.mistakes == ()
    assert read.findings == ()


def test_customer_types_has_one_key_and_100_cells_of_all_types_s0_53():
    table = reading(ROOT).desired.manifests[CUSTOMERS]

    assert [attribute.name for attribute in table.spec.attributes if attribute.primary] == ["CustomerID"]
    assert len(table.records.rows) == 20
    assert sum(text is not None for row in table.records.rows for text in row.cells.values()) == 100
    others = {attribute.value_type for attribute in table.spec.attributes if not attribute.primary}
    assert others == {"TEXT", "NUMBER", "BOOLEAN", "TEXT_LIST", "NUMBER_LIST"}
    assert table.spec.value_lock_level == "DATA_TABLE"


def test_priority_levels_has_two_keys_and_80_cells_s0_54():
    table = reading(ROOT).desired.manifests[PRIORITIES]

    assert [attribute.name for attribute in table.spec.attributes if attribute.primary] == [
        "PriorityID",
        "PriorityName",
    ]
    assert len(table.records.rows) == 20
    assert sum(text is not None for row in table.records.rows for text in row.cells.values()) == 80
    assert table.records.default is not None
    assert table.spec.value_lock_level == "NONE"


def test_the_sandbox_differs_by_its_overlay_and_its_variable():
    base, over = (reading(ROOT, name).desired.manifests[CUSTOMERS].spec for name in ("prod", "sandbox"))

    assert base.description != over.description
    assert (base.tags["Team"], over.tags["Team"]) == ("customer-service", "contact-centre-lab")
    assert over.tags["Purpose"] == base.tags["Purpose"]
    limits = [{a.name: a.validation.max_length for a in spec.attributes}["CustomerTier"] for spec in (base, over)]
    assert limits == [20, 30]


@pytest.mark.parametrize("path", YAML, ids=lambda path: str(path.relative_to(ROOT)))
def test_editors_find_the_schema_and_no_mistake(path):
    first, text = path.read_text(encoding="utf-8").split("\n", 1)
    comment, _, schema = first.partition("$schema=")

    assert comment == "# yaml-language-server: "
    assert (path.parent / schema).resolve().parent == ROOT / "schemas"
    assert (path.parent / schema).is_file()
    schema = overlay_schema() if "environments" in path.parts else manifest_schema()
    documents = yaml.safe_load_all(text)
    assert [error.message for each in documents for error in Draft7Validator(schema).iter_errors(each)] == []


# Broken manifests: file, old text, new text, line, and part of the message.

C, CSV = f"{TABLES}/CustomerTypes.yaml", f"{TABLES}/CustomerTypes.csv"
P, PCSV = f"{TABLES}/PriorityLevels.yaml", f"{TABLES}/PriorityLevels.csv"
BROKEN = [
    (C, "kind: DataTable", "kind: DataTabel", "DataTabel"),
    (C, "  name: CustomerTypes\n", "  title: CustomerTypes\n", "name"),
    (C, "name: CustomerTypes", "name: Customer/Types", '"/"'),
    (C, "name: CustomerTypes", "name: 'aws:CustomerTypes'", "aws:"),
    (C, "  timeZone: America/Toronto\n", "", "timeZone is missing"),
    (C, "America/Toronto", "America/Torronto", "did you mean America/Toronto?"),
    (C, "DATA_TABLE", "TABLE", "TABLE"),
    (C, "tags: {Team", "tagz: {Team", "tagz"),
    (C, "tags: {Team", "tags: {'aws:Team'", '"aws:"'),
    (C, "tags: {Team: customer-service", "tags: {Team: 5", "a text"),
    (C, "name: CustomerTier", "name: customerid", "declared twice"),
    (C, "name: Channels", "name: 'connect:Channels'", "that AWS reserves"),
    (C, "valueType: BOOLEAN", "valueType: BOOL", "BOOLEAN"),
    (C, "minLength: 7, maxLength: 12", "minLength: 13, maxLength: 12", "minLength 13 is greater than maxLength 12"),
    (C, "maxLength: 12}", "maxLength: 1001}", "1000"),
    (C, "minimum: 0, maximum: 25", "minLength: 0, maximum: 25", "minLength is a rule for TEXT"),
    (C, "minimum: 0, maximum: 25", "minimum: 0, exclusiveMinimum: 0", "cannot be used together"),
    (C, "multipleOf: 0.5", "multipleOf: 0", "more than 0"),
    (C, "minValues: 1", "minValue: 1", "minValue"),
    (C, "strict: true, values: [Voice, Chat, Email, SMS]", "strict: true, values: []", "allows nothing"),
    (C, "[Voice, Chat, Email, SMS]", "[Voice, Chat, Email, SMS, SMS]", "twice"),
    (
        C,
        "[Platinum, Gold, Silver, Starter]",
        "[Platinum, Gold, Silver, All that we have to offer]",
        "maxLength 20",
    ),
    (C, "file: CustomerTypes.csv", "file: CustomerType.csv", "CustomerType.csv"),
    (C, "      primary: true\n", "", "no primary attribute"),
    (CSV, "CustomerID,CustomerTier,", "CustomerID,CustomerTire,", "CustomerTier"),
    (CSV, "CT-1002,", "CT-1001,", "declared twice"),
    (CSV, "CT-1003,", ",", "CustomerID"),
    (CSV, "CT-1004,", "CT-4,", "minLength 7"),
    (CSV, "CT-1005,Gold", "CT-1005,Golden", "enum"),
    (CSV, "CT-1006,Gold,10,", "CT-1006,Gold,26,", "maximum 25"),
    (CSV, "CT-1007,Gold,7.5,", "CT-1007,Gold,7.3,", "multipleOf 0.5"),
    (CSV, "CT-1008,Gold,8,", "CT-1008,Gold,eight,", "is not a number"),
    (CSV, "7.5,false,Chat", "7.5,no,Chat", "neither true nor false"),
    (CSV, '"SMS, Voice"', '"SMS, Fax"', "enum"),
    (CSV, '"SMS, Voice"', "[]", "minValues 1"),
    (CSV, '"10, 10, 9, 10, 8"', '"10, 10, 9, 10, 8, 7"', "maxValues 5"),
    (CSV, '"9, 6.5"', '"9, 10.5"', "maximum 10"),
    (CSV, '"9, 6.5"', '"9; 6.5"', "not a valid list of numbers"),
    (CSV, '"9, 6.5"', "=A1", "cannot have"),
    (P, "SkillLevel: 1}", "SkillLevel: 4}", "SkillLevel of the default record: enum"),
    (P, "SkillLevel: 1}", "SkilLevel: 1}", "did you mean"),
    (P, "{AnswerMinutes: 60,", "{PriorityID: P1, AnswerMinutes: 60,", "has no key"),
    (P, "exclusiveMinimum: 0, maximum: 480", "exclusiveMinimum: 480, maximum: 480", "no value is valid"),
    (P, 'values: ["1", "2", "3"]', 'values: ["1", "1.0", "3"]', "twice"),
    (P, 'values: ["1", "2", "3"]', 'values: ["1", "2", "high"]', "is not a number"),
    (P, "ownership: observed", "ownership: theirs", "observed"),
    (PCSV, "P1,Service outage", "P1,SAFETY AT RISK", "declared twice"),
    (PCSV, "P1,Safety at risk,0.5", "P1,Safety at risk,0", "exclusiveMinimum 0"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("file", "there", "instead", "expected"), BROKEN, ids=lambda part: str(part)[-40:])
def test_a_mistake_is_reported_at_its_place_s0_20_s0_58(copy, file, there, instead, expected):
    text = (copy / file).read_text(encoding="utf-8")
    assert text.count(there) == 1
    (copy / file).write_text(text.replace(there, instead), encoding="utf-8")

    read = reading(copy)

    assert read.desired is None
    assert any(expected in mistake.message for mistake in read.mistakes)
    assert all(mistake.source.file.startswith(TABLES) and mistake.source.line for mistake in read.mistakes)


def test_every_mistake_is_reported_at_once(copy):
    breaks = (
        (C, "America/Toronto", "America/Torronto"),
        (C, "name: Channels", "name: 'connect:Channels'"),
        (C, "multipleOf: 0.5", "multipleOf: 0"),
        (CSV, "CT-1004,", "CT-4,"),
        (P, "SkillLevel: 1}", "SkillLevel: 4}"),
        (PCSV, "P1,Safety at risk,0.5", "P1,Safety at risk,0"),
    )
    for file, there, instead in breaks:
        text = (copy / file).read_text(encoding="utf-8")
        (copy / file).write_text(text.replace(there, instead), encoding="utf-8")

    found = {Path(mistake.source.file).name for mistake in reading(copy).mistakes}

    assert found == {"CustomerTypes.yaml", "CustomerTypes.csv", "PriorityLevels.yaml", "PriorityLevels.csv"}
    assert len(reading(copy).mistakes) >= len(breaks)
