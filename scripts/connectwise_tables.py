"""Writes the source tables of ConnectWise from the vendor's types, as an MIT-licensed generated client has them.

    python scripts/connectwise_tables.py PATH     PATH: src/ManageTypes.ts of the client named below
    python scripts/connectwise_tables.py          writes only the privacy classes again
    python scripts/connectwise_tables.py --check  exits with 1 if a privacy class is stale

It takes names and types only. The client's types are generated from the vendor's OpenAPI document.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reconciler.lambdas.connectwise.privacy import classify

TABLES = Path(__file__).resolve().parents[1] / "reconciler" / "lambdas" / "connectwise" / "tables"
SOURCE = {
    "repository": "https://github.com/covenanttechnologysolutions/connectwise-rest",
    "commit": "30a289b714b67186b72b0f4ad550acac8a534ef6",
    "file": "src/ManageTypes.ts",
    "package": "connectwise-rest 1.3.0",
    "licence": "MIT",
}
SCHEMAS = {
    "service/tickets": "Ticket",
    "time/entries": "TimeEntry",
    "company/companies": "Company",
    "company/contacts": "Contact",
}
FORMATS = {"int32": "bigint", "int64": "bigint", "double": "decimal", "date-time": "timestamp", "uuid": "text"}
PLAIN = {"string": "text", "boolean": "boolean", "number": "decimal"}
# `_info` is a map of texts. Its links are dropped, and these members remain [samples in public clients].
INFO = {"lastUpdated": "timestamp", "updatedBy": "text", "dateEntered": "timestamp", "enteredBy": "text"}
# The vendor's document has these as texts, but they are instants [samples in public clients].
INSTANTS = {"closedDate", "subDateAccepted", "dateResolved", "dateResplan", "dateResponded"}
_REFERENCE = re.compile(r'components\["schemas"\]\["(\w+)"\](\[\])?$')
_MEMBER = re.compile(r"(?:/\*\*(?P<comment>.*?)\*/\s*)?(?P<name>\w+)\??:\s*(?P<type>[^;]+);", re.DOTALL)
DEEPEST = 3
Field = dict[str, Any]


def main() -> int:
    paths = [word for word in sys.argv[1:] if not word.startswith("--")]
    texts = written(Path(paths[0]).read_text(encoding="utf-8")) if paths else dict(classified())
    stale = [path for path, text in texts.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        return int(bool(stale))
    for path in stale:
        path.write_text(texts[path], encoding="utf-8")
    return 0


def written(types: str) -> dict[Path, str]:
    """Returns every file, from the text of the client's types."""
    schemas = {match[1]: match[2] for match in re.finditer(r"^    (\w+): \{\n(.*?)^    \};", types, re.M | re.DOTALL)}
    files = {}
    for table, schema in SCHEMAS.items():
        fields = list(_fields(schemas, schema, ()))
        files[_path(table)] = _text({"table": table, "schema": schema, "source": SOURCE, "fields": fields})
    return files


def classified() -> Iterator[tuple[Path, str]]:
    """Yields every file that exists, with the privacy classes of today's rules."""
    for table in SCHEMAS:
        content = json.loads(_path(table).read_text(encoding="utf-8"))
        for field in content["fields"]:
            field.pop("class", None)
            field |= _class(table, field)
        yield _path(table), _text(content)


def _fields(schemas: Mapping[str, str], schema: str, path: tuple[str, ...]) -> Iterator[Field]:
    for match in _MEMBER.finditer(schemas[schema]):
        name, comment, type = match["name"], match["comment"] or "", " ".join(match["type"].split())
        here = (*path, name)
        reference = _REFERENCE.search(type.removesuffix(" | null"))
        if name == "_info":
            # The `_info` of a reference has links only, so it is dropped.
            yield from () if path else (_field((*here, member), kind) for member, kind in INFO.items())
        elif "[]" in type:
            yield _field(here, "json")
        elif reference:
            if len(here) < DEEPEST:
                yield from _fields(schemas, reference[1], here)
        else:
            yield _field(here, _kind(name, type, comment), is_returned="will not be returned" not in comment)


def _kind(name: str, type: str, comment: str) -> str:
    given = re.search(r"Format: ([\w-]+)", comment)
    if given:
        return FORMATS[given[1]]
    if name in INSTANTS:
        return "timestamp"
    plain = type.removesuffix(" | null")
    return PLAIN.get(plain, "json" if plain.startswith("{") else "text")


def _field(path: tuple[str, ...], type: str, *, is_returned: bool = True) -> Field:
    return {"path": list(path), "type": type, "returned": is_returned}


def _class(table: str, field: Field) -> Field:
    name = classify(table, tuple(field["path"]))
    return {"class": name} if name else {}


def _path(table: str) -> Path:
    return TABLES / f"{table.replace('/', '.')}.json"


def _text(content: Mapping[str, Any]) -> str:
    """Returns the file's text, with one line for a field."""
    table = content["table"]
    lines = []
    for field in content["fields"]:
        lines.append("    " + json.dumps({**field, **_class(table, field)}))
    head = json.dumps({name: value for name, value in content.items() if name != "fields"}, indent=2)
    return head.removesuffix("\n}") + ',\n  "fields": [\n' + ",\n".join(lines) + "\n  ]\n}\n"


if __name__ == "__main__":
    sys.exit(main())
