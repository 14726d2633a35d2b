"""Makes the reference: pages of the kinds, parts of other pages, and the JSON Schemas of plans and outcomes.

scripts/readme.py writes and checks what this module makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciler.kinds import iam
from reconciler.kinds.registry import COMPOSITES, KINDS
from reconciler.model import Ownership
from reconciler.pipelines import actions
from reconciler.schemas.files import texts
from scripts.json_schemas import outcome_schema, plan_schema
from scripts.reference_commands import commands
from scripts.reference_kinds import EXAMPLES, composite_page, described, example, kind_page, removed_page
from scripts.schema_tables import tables
from scripts.status_schema import status_schema

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
PAGES_OF_KINDS = REFERENCE / "kinds"
# Pages with words of an author around the parts that are made here.
_MIXED = ("commands", "index", "json", "metadata", "policies", "reconcile-yaml")
MIXED = tuple(REFERENCE / f"{name}.md" for name in _MIXED)


def parts() -> Iterator[tuple[str, str]]:
    """Yields name and text of each part that a mixed page has a place for."""
    named = _schemas()
    yield "commands", commands()
    yield "kinds", _index(named)
    yield "plan format", tables(plan_schema(), level=4)
    yield "outcome format", tables(_only_new(outcome_schema(), plan_schema()), level=4)
    yield "status format", tables(status_schema(), level=4)
    yield "metadata", tables(_metadata(named["AgentStatus"]))
    yield "policies", iam.render()
    yield "operators", actions.render()
    yield "configuration", tables(named["reconcile"])
    yield "configuration example", _yaml((EXAMPLES / "reconcile.yaml").read_text(encoding="utf-8"))


def files() -> dict[Path, str]:
    """Returns every file that is made as a whole, with its text."""
    named = _schemas()
    pages = {PAGES_OF_KINDS / f"{name}.md": kind_page(kind, named[name]) for name, kind in KINDS.items()}
    for name, composite in COMPOSITES.items():
        pages[PAGES_OF_KINDS / f"{name}.md"] = composite_page(composite, named[name], example(name))
    pages[PAGES_OF_KINDS / "Removed.md"] = removed_page(named["Removed"])
    for name, schema in (("plan", plan_schema()), ("outcome", outcome_schema()), ("status", status_schema())):
        pages[ROOT / "schemas" / f"{name}.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return pages


def leftovers() -> set[Path]:
    """Returns the pages of kinds that no longer exist."""
    return {*PAGES_OF_KINDS.glob("*.md")} - files().keys()


def _schemas() -> dict[str, Any]:
    named = {name.removesuffix(".schema.json"): json.loads(text) for name, text in texts().items()}
    return {**named, "Removed": named["manifest"]["definitions"]["Removed"]}


def _index(named: dict[str, Any]) -> str:
    ownership = {Ownership.TAGS: "tags", Ownership.DECLARED: "manifest"}
    rows = [
        f"| [{name}](kinds/{name}.md) | {described(named[name])} | {ownership[kind.ownership]} |"
        for name, kind in KINDS.items()
    ]
    rows += [f"| [{name}](kinds/{name}.md) | {described(named[name])} | |" for name in COMPOSITES]
    removed = f"| [Removed](kinds/Removed.md) | {described(named['Removed'])} | |"
    return "\n".join(("| Kind | Description | Managed by |", "|---|---|---|", *rows, removed))


def _metadata(schema: Any) -> Any:
    """Returns the schema of metadata without the limits of one kind's names."""
    metadata = schema["properties"]["metadata"]
    limits = ("enum", "maxLength", "minLength", "pattern", "patternErrorMessage", "x-remedy")
    names = {
        name: {word: value for word, value in metadata["properties"][name].items() if word not in limits}
        for name in ("name", "renamedFrom")
    }
    return metadata | {"properties": metadata["properties"] | names}


def _only_new(outcome: Any, plan: Any) -> Any:
    """Returns the keys that an outcome adds to its plan; the result of an item stands once, at `changes[]`."""
    added = {name: key for name, key in outcome["properties"].items() if name not in plan["properties"]}
    return outcome | {"properties": added}


def _yaml(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith("# yaml-language-server:")]
    return '```yaml title="reconcile.yaml"\n' + "\n".join(lines) + "\n```"
