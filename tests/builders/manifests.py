"""Manifests as their author declares them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reconciler.desired.linking import with_links
from reconciler.errors import Source
from reconciler.kinds.contents import is_code
from reconciler.kinds.fields import is_content
from reconciler.kinds.registry import KINDS
from reconciler.model import REFERENCE, Code, Content, ContentFile, Linked, Manifest, Records, Written, WrittenRecords
from reconciler.model.content import CodeForm
from reconciler.packaging.code import PACKAGE, package_path, tree_of

HERE = Source("manifests/base/test.yaml", 1, 1)
CODE = Path(__file__).parent / "code"  # the code of functions of the tests


def manifest(
    kind: str, name: str, spec: Mapping[str, Any], rows: Sequence[Mapping[str, Any]] = (), **more: Any
) -> Manifest:
    """A resource as its author declares it; cells are texts, `None` for «absent». Tags have no references here."""
    contents, spec = _with_code(kind, spec)
    given = {**linked(spec), **({"tags": spec["tags"]} if "tags" in spec else {}), "name": name}
    built = with_links(KINDS[kind].spec.model_validate(given), given)
    default, moved = more.pop("default", None), more.pop("moved", ())
    written = WrittenRecords(
        tuple(Written(row, HERE) for row in rows),
        Written(default, HERE) if default is not None else None,
        tuple((Written(old, HERE), Written(new, HERE)) for old, new in moved),
        more.pop("prune", False),
    )
    records = KINDS[kind].records(built, written) if rows or default or moved or written.prune else Records()
    return Manifest(built, HERE, records, **{"contents": contents, **more})


def linked(value: Any) -> Any:
    """Returns a value of a manifest with its references marked, as the texts of a file are."""
    match value:
        case str():
            return Linked(value) if REFERENCE.search(value) else value
        case Mapping():
            return {key: linked(item) for key, item in value.items()}
        case list():
            return [linked(item) for item in value]
        case _:
            return value


def _with_code(kind: str, spec: Mapping[str, Any]) -> tuple[dict[Content, ContentFile], dict[str, Any]]:
    """Returns the files of a spec, and the spec with their hashes or trees. Paths begin in `CODE`."""
    contents, known = dict[Content, ContentFile](), dict(spec)
    for field in KINDS[kind].spec.model_fields:
        if not is_content(KINDS[kind].spec, field) or not isinstance(written := spec.get(field), Mapping):
            continue
        if not is_code(KINDS[kind].spec, field):
            path = CODE / written["file"]
            known[field] = content = Content.of_bytes(path.read_bytes())
            contents[content] = ContentFile(path, written["file"])
            continue
        if Content.from_json(written):
            continue
        ((form, name),) = written.items()
        path, python = (package_path(name), "3.13") if form == PACKAGE else (CODE / name, "")
        known[field] = code = Code(tree_of(form, path, python))
        contents[code] = ContentFile(path, name, CodeForm(form, python))
    return contents, known
