"""Reading returns soon for any files, and every mistake has a position in one of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.config import read_config
from reconciler.desired import examine
from reconciler.errors import ManifestError
from tests.builders.folders import write

MANIFEST = """\
kind: DataTable
metadata: {name: Tiers, protect: true, environments: [prod]}
spec:
  description: For ${var:TEAM}, see ${DataTable/Other.arn}
  timeZone: America/New_York
  valueLockLevel: VALUE
  tags: {Team: Service}
  attributes:
    - {name: Customer, valueType: TEXT, primary: true, validation: {minLength: 1, maxLength: 20}}
    - {name: Tier, valueType: TEXT, validation: {enum: {strict: true, values: [Basic, Premium]}}}
    - name: Score
      valueType: NUMBER
      validation: {minimum: 0, multipleOf: 0.5}
    - {name: Seen, valueType: BOOLEAN, ownership: observed}
    - {name: Words, valueType: TEXT_LIST}
  values:
    file: Tiers.csv
    default: {Tier: Basic, Words: [a, "b"]}
    prune: true
  moved:
    - {from: {Customer: C0}, to: {Customer: C1}}
---
kind: DataTable
metadata: {name: Other}
spec:
  timeZone: UTC
  attributes: [{name: K, valueType: NUMBER, primary: true}, {name: V, valueType: NUMBER_LIST}]
  values:
    rows: [{K: 007, V: [1, 2.5]}, {K: 8, V: ~}]
---
kind: Removed
spec: {addresses: [DataTable/Old, DataTable/Tiers/Gone]}
"""
ROWS = 'Customer,Tier,Score,Words\nC1,Basic,1,"a, b"\nC2,,2.5,"[""x""]"\n"C,3",Premium,3,""\nC4,Basic,,${var:TEAM}\n'
OVERLAY = """\
kind: DataTable
metadata: {name: Tiers, protect: null}
spec:
  description: null
  attributes: [{name: Tier, description: x}, {name: Seen, remove: true}, {name: New, valueType: TEXT}]
"""
FILES = {
    "manifests/base/a.yaml": MANIFEST,
    "manifests/base/Tiers.csv": ROWS,
    "manifests/prod/a.yaml": OVERLAY,
}
CONFIGURATION = """\
stack: centre
environments:
  local: {sandbox: true, rates: unlimited}
  prod:
    instance: arn:aws:connect:ca-central-1:111122223333:instance/00000000-0000-4000-8000-000000000000
    overlays: [prod]
    variables: {TEAM: support, SIZE: 5}
    policy:
      maxDelete: 30%
      maxUpdate: 50
      windows: [{kinds: [Queue], days: [MONDAY], from: 20:00, to: 06:00, timeZone: Europe/London}]
    ignore: [{address: "DataTable/*", path: description}]
    rates: {default: {perSecond: 2, burst: 5}, SearchContacts: unlimited}
    retries: {attempts: 4, conflicts: 5}
    quotas: {cellsPerTable: 1000, batchItems: 25}
    recheck: false
"""
SPLICES = [
    *(
        "{",
        "}",
        "[",
        "]",
        ": ",
        "- ",
        "? ",
        "\n",
        "\n---\n",
        "\t",
        "#",
        "'",
        '"',
        "&a ",
        "*a",
        "!x ",
        "<<: ",
        "|\n",
        ">\n",
    ),
    *("null", "~", "true", "-1", "1e999", ".nan", ".inf", "0x1F", "''", "{}", "[]", "[[]]", "{a: {b: c}}", "${", "$${"),
    *("${var:NONE}", "${secret:X}", "${DataTable/None.id}", "${x}", "9" * 5000, "\0", "\x1b", "\ufeff", "\u2028", "😀"),
    *(
        "kind",
        "metadata",
        "spec",
        "name",
        "values",
        "rows",
        "file",
        "moved",
        "attributes",
        "remove: true",
        "../../x",
        ".",
    ),
    *('"\\ud800"', '"\\0"', "=A1", "+1", "007", "\r", ",,,", '""', ";", "%YAML 1.1\n---\n", "@", "`", "a" * 70_000),
]
BOMBS = [
    "[" * 5000,
    "{a: " * 5000,
    "- " * 5000,
    "? " * 5000,
    "a: &a\n" + "".join(f" - &b{n} [*b{n - 1}, *b{n - 1}]\n" for n in range(1, 60)),
    "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60)),
    "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 3000)),
    "kind: DataTable\nmetadata: {name: B}\nspec: &s {attributes: [*s, *s], tags: *s}\n",
    "".join(f"k{n % 7}: {n}\n" for n in range(20_000)),
    "--- [\n" * 3000,
    "'" * 10_001,
    '"a' * 10_000,
]


def spliced(chance: random.Random, text: str) -> bytes:
    at = chance.randrange(len(text) + 1)
    return (text[:at] + chance.choice(SPLICES) + text[at + chance.choice([0, 0, 1, 4]) :]).encode()


def replaced_word(chance: random.Random, text: str) -> bytes:
    words = text.split(" ")
    words[chance.randrange(len(words))] = chance.choice(SPLICES)
    return " ".join(words).encode()


def swapped_lines(chance: random.Random, text: str) -> bytes:
    lines = text.splitlines(keepends=True)
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "".join(lines).encode()


def indented_line(chance: random.Random, text: str) -> bytes:
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    lines[at] = chance.choice([" " + lines[at], lines[at].lstrip(" "), lines[at] * 2, ""])
    return "".join(lines).encode()


def flipped_bytes(chance: random.Random, text: str) -> bytes:
    content = bytearray(text.encode())
    for _ in range(chance.choice([1, 1, 5])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def truncated(chance: random.Random, text: str) -> bytes:
    return text.encode()[: chance.randrange(len(text))]


def binary(chance: random.Random, text: str) -> bytes:
    return chance.randbytes(chance.choice([1, 30, 3000]))


def bomb(chance: random.Random, text: str) -> bytes:
    return chance.choice([chance.choice(BOMBS), text + "\n---\n" + chance.choice(BOMBS)]).encode()


def random_tree(chance: random.Random, text: str) -> bytes:
    def tree(depth: int) -> str:
        match chance.randrange(4 if depth < 5 else 2):
            case 0:
                return chance.choice(
                    ["x", "1", "~", "true", "2.5", "DataTable", "Tiers", "''", "${DataTable/Other.id}"]
                )
            case 1:
                return chance.choice(["[]", "{}"])
            case 2:
                return "[" + ", ".join(tree(depth + 1) for _ in range(chance.randrange(4))) + "]"
            case _:
                keys = chance.sample(["name", "valueType", "primary", "rows", "file", "default", "validation", "x"], 3)
                return "{" + ", ".join(f"{key}: {tree(depth + 1)}" for key in keys) + "}"

    key = chance.choice(["metadata", "spec", "spec.values", "spec.attributes", "spec.moved", "spec.tags", "addresses"])
    spec = f"{{timeZone: UTC, {key.removeprefix('spec.')}: {tree(0)}}}" if "." in key else tree(0)
    metadata = tree(0) if key == "metadata" else "{name: Tiers}"
    kind = chance.choice(["DataTable", "DataTable", "Removed", tree(4)])
    return f"kind: {kind}\nmetadata: {metadata}\nspec: {spec}\n".encode()


MUTATIONS: list[Callable[[random.Random, str], bytes]] = [
    *(spliced, spliced, spliced, replaced_word, replaced_word, swapped_lines, indented_line, indented_line),
    *(flipped_bytes, truncated, binary, bomb, random_tree, random_tree),
]


def survives(root: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 (a seed, so that a failure can be repeated)
    files: dict[str, str | bytes] = dict(FILES)
    name = chance.choice(list(FILES))
    files[name] = chance.choice(MUTATIONS)(chance, FILES[name])

    reading = examine(write(root, files), {}, ("prod", "test"))

    assert (reading.desired is None) == bool(reading.mistakes)
    assert list(reading.mistakes) == sorted(set(reading.mistakes))
    assert all(mistake.source.file.startswith("manifests") for mistake in reading.mistakes)
    assert all(str(mistake).encode() for mistake in reading.mistakes)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(6))
def test_every_file_is_read_or_refused_with_mistakes(tmp_path: Path, block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        survives(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_many_more_files_are_read_or_refused_with_mistakes(tmp_path: Path, block: int) -> None:
    for seed in range(1000 + block * 100, 1000 + block * 100 + 100):
        survives(tmp_path, seed)


@pytest.mark.slow
def test_every_configuration_is_read_or_refused_with_mistakes(tmp_path: Path) -> None:
    refused = 0
    for seed in range(200):
        chance = random.Random(seed)  # noqa: S311 (a seed, so that a failure can be repeated)
        write(tmp_path, {"reconcile.yaml": chance.choice(MUTATIONS)(chance, CONFIGURATION)})
        try:
            read_config(tmp_path / "reconcile.yaml", {})
        except ManifestError as error:
            refused += bool(error.mistakes)

    assert refused > 100


def test_the_seeds_of_the_fuzz_have_no_mistake(tmp_path: Path) -> None:
    reading = examine(write(tmp_path, dict(FILES)), {}, ("prod", "test"))

    assert reading.mistakes == ()
