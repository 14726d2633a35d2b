"""Every file that a page shows is one that the product takes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reconciler.documents.schema_check import against
from reconciler.documents.yaml_text import read_yaml
from reconciler.sandbox.faults import read_faults
from tests.docs.pages import ROOT, Block, blocks, pages

BLOCKS = [block for page in pages() for block in blocks(page)]
LANGUAGES = {"shell", "sql", "text", "yaml", "csv", "json", "python", "mermaid", "toml", "diff"}


def schema(name: str) -> Any:
    return json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))


def with_key(key: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == "yaml" and re.search(rf"^{key}:", block.text, re.MULTILINE)]


def places(found: list[Block]) -> list[str]:
    return [block.place for block in found]


@pytest.mark.parametrize("block", BLOCKS, ids=places(BLOCKS))
def test_every_block_names_its_language(block: Block) -> None:
    """A block of commands is `shell`, what a command prints is `text`."""
    assert block.language in LANGUAGES


@pytest.mark.parametrize("block", with_key("kind"), ids=places(with_key("kind")))
def test_a_manifest_satisfies_its_schema(block: Block) -> None:
    name = "overlay" if "environments/" in block.title else "manifest"
    read = read_yaml(block.text, block.place)

    assert read.mistakes == ()
    assert [against(schema(name), document) for document in read.documents] == [()] * len(read.documents)


@pytest.mark.parametrize("block", with_key("environments"), ids=places(with_key("environments")))
def test_a_configuration_satisfies_its_schema(block: Block) -> None:
    read = read_yaml(block.text, block.place)

    assert read.mistakes == ()
    assert [against(schema("reconcile"), document) for document in read.documents] == [()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "vendor"), [("jobs", "github-workflows"), ("stages", "gitlab-ci")], ids=["GitHub", "GitLab"]
)
def test_a_workflow_satisfies_the_schema_of_its_vendor(key: str, vendor: str, tmp_path: Path) -> None:
    found = with_key(key)
    assert found
    files = []
    for number, block in enumerate(found):
        files.append(tmp_path / f"{number}.yml")
        files[-1].write_text(block.text, encoding="utf-8")

    tool = Path(sys.executable).with_name("check-jsonschema")
    done = subprocess.run(
        [tool, "--builtin-schema", f"vendor.{vendor}", *files],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sandbox_takes_the_faults_that_its_page_shows() -> None:
    shown = [block for block in blocks("docs/design/sandbox.md") if block.language == "json"]

    assert shown
    for block in shown:
        read_faults(json.loads(block.text))


JSON = [block for block in BLOCKS if block.language == "json"]


@pytest.mark.parametrize("block", JSON, ids=places(JSON))
def test_a_json_block_is_json(block: Block) -> None:
    json.loads(block.text)
