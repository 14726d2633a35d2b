"""The reference describes the kinds, the commands and the exit codes that there are, and its examples work."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from jsonschema import Draft7Validator

from reconciler.cli import EPILOG, root, run
from reconciler.kinds.registry import DECLARABLE, KINDS
from reconciler.model import Action
from scripts import reference, reference_commands
from scripts.schema_tables import anchor, blocks, row, tables
from tests.docs.conftest import EXAMPLES, Examples

ROOT = EXAMPLES.parents[1]
REFERENCE = ROOT / "docs" / "reference"
BASE = EXAMPLES / "manifests" / "base"
PAGES = sorted(REFERENCE.rglob("*.md"))
EVERY_KIND = [*DECLARABLE, "Removed"]


def schema(name: str) -> Draft7Validator:
    return Draft7Validator(json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")))


def documents(path: Path) -> list[dict[str, object]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def test_every_kind_has_a_page_and_an_example() -> None:
    assert sorted(path.stem for path in (REFERENCE / "kinds").iterdir()) == sorted(EVERY_KIND)
    assert sorted(path.stem for path in BASE.glob("*.yaml")) == sorted(EVERY_KIND)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_an_example_satisfies_the_schema_of_its_kind(kind: str) -> None:
    validator = schema("manifest" if kind == "Removed" else kind)

    for document in documents(BASE / f"{kind}.yaml"):
        assert document["kind"] == kind
        assert list(validator.iter_errors(document)) == []


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_page_of_a_kind_shows_its_example(kind: str) -> None:
    page = (REFERENCE / "kinds" / f"{kind}.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```yaml title=.*?\n(.*?)^```", page, re.MULTILINE | re.DOTALL)

    assert list(yaml.safe_load_all(shown[0])) == documents(BASE / f"{kind}.yaml")


def test_the_examples_are_created_and_then_nothing_is_left_to_do(examples: Examples) -> None:
    declared = {
        f"{document['kind']}/{document['metadata']['name']}"  # type: ignore[index]
        for kind in KINDS
        for document in documents(BASE / f"{kind}.yaml")
    }

    created = {str(change.ref) for change in examples.plan.changes if change.action is Action.CREATE}
    assert created >= declared
    assert created == {str(change.ref) for change in examples.plan.changes}
    assert (examples.outcome.status, examples.outcome.exit_code) == ("done", 0)
    assert examples.plan_after.changes == ()
    assert examples.plan_after.orphans == ()


@pytest.mark.parametrize("environment", ["sandbox", "prod"])
def test_the_example_configuration_is_valid(environment: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(EXAMPLES), "-e", environment, "validate"]) == 0
    assert "0 findings" in capsys.readouterr().out


def test_the_example_configuration_has_every_key() -> None:
    """A reader finds the form of each setting in it."""
    config = json.loads((ROOT / "schemas" / "reconcile.schema.json").read_text(encoding="utf-8"))
    (environment,) = config["properties"]["environments"]["patternProperties"].values()
    (document,) = documents(EXAMPLES / "reconcile.yaml")
    used = {key for each in document["environments"].values() for key in each}  # type: ignore[attr-defined]

    assert used == set(environment["properties"])
    assert set(document) == set(config["properties"])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REFERENCE).as_posix())
def test_every_field_has_a_type_and_a_description(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for table in re.findall(r"^\| Field \|.*?(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL):
        head, _, *rows = table.splitlines()
        names = [cell.strip() for cell in head.strip("|").split("|")]
        for line in rows:
            cells = dict(zip(names, re.split(r"(?<!\\)\|", line.strip().strip("|")), strict=True))
            assert cells["Type"].strip(), line
            assert cells["Description"].strip(), line


def test_a_row_has_name_type_default_rules_and_description() -> None:
    fields = {
        "size": {"type": "integer", "default": 3, "minimum": 1, "maximum": 9, "description": "How *big*."},
        "mode": {"enum": ["A", "B"], "enumDescriptions": ["first", "last"], "description": "The mode."},
    }

    assert tables({"required": ["mode"], "properties": fields}).splitlines()[2:] == [
        r"| `size` | integer | `3` | ≥ 1; ≤ 9 | How \*big\*. |",
        "| `mode` | `A` or `B` | **required** |  | The mode. `A`: first. `B`: last. |",
    ]


def test_a_bar_in_a_cell_does_not_end_it_and_is_shown_as_it_is() -> None:
    """Python-Markdown shows the backslash that GitHub needs before a bar in a code span."""
    assert row("`a|b`", "c | d", "`e`") == r"| <code>a&#124;b</code> | c \| d | `e` |"


def test_an_object_has_a_table_of_its_own_that_its_field_links_to() -> None:
    item = {"type": "object", "properties": {"name": {"type": "string", "description": "Name."}}}
    text = tables({"properties": {"parts": {"type": "array", "items": item, "description": "Parts."}}})

    assert "| `parts` | list of [object](#parts) |" in text
    assert "\n\n### `parts[]`\n\n" in text
    assert "| `name` | string |" in text


def test_a_map_of_objects_has_one_table_for_every_key() -> None:
    value = {"type": "object", "properties": {"arn": {"type": "string", "description": "ARN."}}}
    places = {"type": "object", "patternProperties": {"^.+$": value}, "description": "Places."}
    text = tables({"properties": {"places": places}})

    assert "| `places` | map to [object](#placesname) |" in text
    assert "\n\n### `places.<name>`\n\n" in text


@pytest.mark.parametrize("name", [*KINDS, "reconcile"])
def test_no_two_tables_of_a_page_have_the_same_anchor(name: str) -> None:
    found = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    anchors = [anchor(block.path) for block in blocks(found if name == "reconcile" else found["properties"]["spec"])]

    assert len(anchors) == len(set(anchors))


def test_a_field_that_names_a_resource_links_to_its_kind() -> None:
    page = (REFERENCE / "kinds" / "Queue.md").read_text(encoding="utf-8")

    assert "| `hoursOfOperation` | [HoursOfOperation](HoursOfOperation.md) name |" in page
    assert "| `quickConnects` | list of [QuickConnect](QuickConnect.md) names |" in page


def test_a_long_enum_is_counted_and_not_listed() -> None:
    text = tables({"properties": {"zone": {"enum": [f"Zone/{number}" for number in range(400)], "description": "Z."}}})

    assert "| `zone` | one of 400 values |" in text


def test_a_page_of_a_kind_that_is_gone_is_left_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "PAGES_OF_KINDS", tmp_path)
    for name in ("Queue", "Gone"):
        (tmp_path / f"{name}.md").touch()

    assert reference.leftovers() == {tmp_path / "Gone.md"}


def every_command(command: click.Command, path: str = "reconcile") -> Iterator[tuple[str, click.Command]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from every_command(inner, f"{path} {name}")


COMMANDS = dict(every_command(root))


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_is_described_with_its_options(path: str) -> None:
    page = (REFERENCE / "commands.md").read_text(encoding="utf-8")
    section = re.split(r"^#+ ", page.partition(f"# {path}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]

    assert "```text\n" + path in section
    for option in COMMANDS[path].params:
        if isinstance(option, click.Option) and (option.expose_value or path == "reconcile"):
            assert re.search(rf"^\| [^|]*{option.opts[0]}\b", section, re.MULTILINE)


def test_a_command_in_no_group_stops_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(reference_commands.GROUPS, "Plan and apply", ("plan", "apply", "drift", "undo", "runs"))

    with pytest.raises(ValueError, match=r"destroy: correct GROUPS"):
        reference_commands.commands()


def inline_commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for code in re.findall(r"`(reconcile [a-z-][^`]*)`", prose):
            yield page.name, code


@pytest.mark.parametrize(("page", "code"), sorted(set(inline_commands())))
def test_a_command_in_the_text_has_options_that_exist(page: str, code: str) -> None:
    path, *words = shlex.split(code)
    while words and f"{path} {words[0]}" in COMMANDS:
        path = f"{path} {words.pop(0)}"
    known = {name for option in COMMANDS[path].params for name in option.opts}

    assert path != "reconcile" or words[0] == "COMMAND", f"{page}: {code} names no command"
    assert {word for word in words if word.startswith("-")} <= {*known, "--help"}


def test_the_exit_codes_are_those_of_the_help() -> None:
    page = (REFERENCE / "exit-codes.md").read_text(encoding="utf-8")
    table = page.split("\n\n")[1]

    assert re.findall(r"^\| (\d+) \|", table, re.MULTILINE) == re.findall(r"(?<![\w.])\d+(?= )", EPILOG)
