"""Renders the reference page of a kind: example, fields, behaviour, and the calls that it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from reconciler.kinds.base import Kind
from reconciler.kinds.composite import Composite
from reconciler.kinds.fields import nested, refers_to
from reconciler.kinds.operations import finds_orphans, reads_of, writes
from reconciler.kinds.registry import KINDS
from reconciler.model import Ownership, Spec
from scripts.schema_tables import Schema, described, rules, tables

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples"
_MANIFESTS = EXAMPLES / "manifests" / "base"
_BY_TAGS = """\
AWS tags show which stack manages it. A managed {name} without a manifest is an *orphan*: plans list it. Only `--prune`,
`--allow-delete` or a [`kind: Removed`](Removed.md) deletes it."""
_BY_TAGS_BESIDE = """\
AWS tags show which stack manages it. A managed {name} without a manifest is an *orphan*: plans list it while a manifest
declares another {name}. Only `--prune`, `--allow-delete` or a [`kind: Removed`](Removed.md) deletes it."""
_BY_MANIFEST = """\
AWS cannot tag it, so the stack manages it while a manifest declares it. It is never an orphan. To delete it, remove its
manifest and name its address in a [`kind: Removed`](Removed.md) or with `--allow-delete`."""


_BY_CONTAINER = """\
AWS cannot tag it, so its {container} shows the stack. In one that the stack manages, a {name} without a manifest is an
*orphan*: plans list it, and `--prune` deletes it. Elsewhere the stack manages it while a manifest declares it."""


_OF_COMPOSITES = """\
AWS does not have this kind. A document of it stands for other resources, and a plan lists each of them with its own
address. A document of such an address changes the resource as an overlay does. `--target` with the address of the
document covers all of its resources."""


def kind_page(kind: Kind[Spec], schema: Schema) -> str:
    spec = schema["properties"]["spec"]
    parts = [
        f"# {kind.name}",
        described(schema),
        example(kind.name),
        "## Metadata",
        _metadata(schema["properties"]["metadata"]["properties"]["name"]),
        "## Fields",
        _fields(kind, spec),
        "## Behaviour",
        "\n".join(f"- {_folded(sentence)}" for sentence in _behaviour(kind)),
        "## AWS operations",
        _operations(kind),
    ]
    return "\n\n".join(parts) + "\n"


def composite_page(composite: Composite[Spec], schema: Schema, example_part: str) -> str:
    """Returns the page of a composite, which is not a resource at AWS."""
    parts = [
        f"# {composite.name}",
        described(schema),
        example_part,
        "## Metadata",
        _metadata(schema["properties"]["metadata"]["properties"]["name"]),
        "## Fields",
        _fields(composite, schema["properties"]["spec"]),
        "## Behaviour",
        _folded(_OF_COMPOSITES),
    ]
    return "\n\n".join(parts) + "\n"


def removed_page(schema: Schema) -> str:
    """Returns the page of `kind: Removed`, which declares no resource."""
    parts = [
        "# Removed",
        described(schema),
        example("Removed"),
        "## Metadata",
        "`metadata` is optional. It may hold `name` and `environments`; see [Metadata](../metadata.md).",
        "## Fields",
        tables(schema["properties"]["spec"]),
        "## Behaviour",
        "\n".join(
            (
                "- A `Removed` document allows an irreversible deletion, as `--allow-delete` does for one address.",
                "- [Protected](../metadata.md) resources are not deleted.",
                "- After the apply, a plan reports each address that no longer exists. Delete the document then.",
            )
        ),
    ]
    return "\n\n".join(parts) + "\n"


def example(name: str) -> str:
    """Returns the kind's example as Markdown, with the CSV file that it names."""
    text = re.sub(r"^# yaml-language-server:.*\n", "", (_MANIFESTS / f"{name}.yaml").read_text(encoding="utf-8"))
    parts = ["## Example", f'```yaml title="manifests/base/{name}.yaml"\n{text.rstrip()}\n```']
    for file in re.findall(r"^ *file: (\S+\.csv)$", text, re.MULTILINE):
        content = (_MANIFESTS / file).read_text(encoding="utf-8")
        parts.append(f'```csv title="manifests/base/{file}"\n{content.rstrip()}\n```')
    return "\n\n".join(parts)


def _metadata(name: Schema) -> str:
    limits = [f"one of {', '.join(f'`{value}`' for value in name['enum'])}"] if "enum" in name else [*rules(name)]
    limits_text = f"`metadata.name`: {'; '.join(limits)}. " if limits else ""
    return f"{limits_text}All kinds have the same [metadata fields](../metadata.md)."


def _fields(kind: Kind[Spec] | Composite[Spec], spec: Schema) -> str:
    if not spec.get("properties"):
        return f"`spec` has no fields: the name says all there is to a {kind.name}."
    needed = "`spec` is required." if spec.get("required") else "`spec` is optional."
    named = _references(kind.spec)
    return f"{needed} Fields have AWS's names.\n\n{tables(spec, names=lambda path: named.get(_plain(path), ''))}"


def _references(spec: type[Spec], prefix: str = "") -> dict[str, str]:
    """Returns the kind that each field names, by the field's path."""
    references: dict[str, str] = {}
    for field, info in spec.model_fields.items():
        path = f"{prefix}{info.alias or field}"
        if named := refers_to(spec, field):
            references[path] = f"[{named}]({named}.md)" if named in KINDS else named
        elif inner := nested(spec, field):
            references |= _references(inner, f"{path}.")
    return references


def _plain(path: str) -> str:
    return path.replace("[]", "")


def _behaviour(kind: Kind[Spec]) -> Iterator[str]:
    """Yields what a plan does with a resource of the kind, a sentence or two each."""
    container, _ = kind.reading.within
    untagged = _BY_CONTAINER if container else _BY_MANIFEST
    is_found = finds_orphans(kind) or kind.reading.index or kind.reading.by_name
    by = (_BY_TAGS if is_found else _BY_TAGS_BESIDE) if kind.ownership is Ownership.TAGS else untagged
    yield f"**Ownership.** {by.format(name=kind.name, container=container)}"
    if kind.expands:
        yield "**Expansion.** One document can stand for several resources. The plan lists each of them."
    if fixed := sorted(_written(kind, field) for field in kind.fixed):
        yield (
            f"**Replacement.** AWS cannot change {' and '.join(fixed)}. A plan that changes it is blocked, unless "
            "`--allow-delete ADDRESS` allows `reconcile` to delete and recreate the resource with a new id."
        )
    if kind.deletion.impossible:
        yield f"**Deletion.** AWS has no operation that deletes this kind. Instead, {kind.deletion.impossible}."
    elif kind.deletion.needs_tombstone:
        yield (
            f"**Creation and deletion.** Creation requires `--allow-create ADDRESS`, and deletion requires a "
            f"[`kind: Removed`](Removed.md): {kind.deletion.needs_tombstone}."
        )
    elif kind.deletion.irreversible:
        yield (
            "**Deletion.** A deletion is irreversible, so it requires `--allow-delete ADDRESS` or a "
            f"[`kind: Removed`](Removed.md): {kind.deletion.irreversible}."
        )
    if kind.deletion.breaks:
        yield f"**Consequence.** A plan that deletes or replaces one says what happens: {kind.deletion.breaks}."
    if kind.writing.membership:
        owner = kind.reading.container[0]
        yield (
            f"**List.** AWS replaces the list of a {owner} only as a whole, and has no lock for it. Apply reads it "
            "right before each call, keeps all other items, and makes one call at a time for one list. An edit between "
            f"this read and the call is lost. Export leaves it out next to its {owner}, which has the whole list."
        )
    if kind.identity.folds_case:
        yield "**Names.** AWS treats two names that differ only in case as equal."


def _written(kind: Kind[Spec], field: str) -> str:
    if field == "name":
        return "`metadata.name`"
    return f"`{kind.spec.model_fields[field].alias or field}`"


def _operations(kind: Kind[Spec]) -> str:
    reads = reads_of(kind)
    planned, applied = ([read.operation for read in some] for some in (reads.of_plan, reads.of_apply))
    calls = (call.partition(":") for some in kind.calls_for.values() for call in some)
    of_fields = [operation for service, _, operation in calls if service == kind.service.name]
    rows = (("`plan`, `drift`", planned), ("`apply` also", [*applied, *writes(kind), *of_fields]))
    lines = [f"| {who} | {', '.join(f'`{name}`' for name in sorted(set(names)))} |" for who, names in rows]
    head = f"| Command | Operations of {kind.service.title} |\n|---|---|"
    return "\n".join((head, *lines)) + "\n\nThe roles need these actions; see [IAM policies](../policies.md)."


def _folded(text: str) -> str:
    return " ".join(text.split())
