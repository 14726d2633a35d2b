"""Turns a table of the old layout into the document of a manifest. Every value keeps its place in the JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.convert.carrying import Carrier, Path, as_flag, as_number, as_text
from reconciler.convert.rows import rows_of
from reconciler.documents.hints import brief
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar
from reconciler.errors import Source

ZONE, LEVEL = "US/Eastern", "NONE"  # the defaults of the old program
OF_A_TABLE = ("name", "description", "timeZone", "valueLockLevel", "tags")
OF_AN_ATTRIBUTE = ("name", "valueType", "description", "primary", "validation")
OF_AN_ENUM = ("strict", "values")
_NUMBERS = (
    *("minLength", "maxLength", "minValues", "maxValues", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
)
OF_A_VALIDATION = (*_NUMBERS, "ignoreCase", "enum")


def table_of(entries: Mapping[str, Entry], around: Node) -> dict[str, Node]:
    """Returns the spec of a table in the main file. The old program's defaults are written out explicitly."""
    spec = {word: entries[word].node for word in OF_A_TABLE[1:] if word in entries}
    spec.setdefault("timeZone", Scalar(ZONE, ZONE, around.source))
    spec.setdefault("valueLockLevel", Scalar(LEVEL, LEVEL, around.source))
    if isinstance(tags := spec.get("tags"), MapNode):
        spec["tags"] = _converted(tags, as_text)
    return {word: spec[word] for word in OF_A_TABLE[1:] if word in spec}


def attributes_of(carrier: Carrier, node: Node, name: str) -> ListNode:
    """Returns the columns that an attributes file declares."""
    entries = carrier.known(node, (), ("tableName", "attributes"))
    check_name(carrier, entries, name)
    if "attributes" not in entries:
        carrier.wrong(node.source, "$.attributes is missing")
        return ListNode((), node.source)
    listed = entries["attributes"].node
    items = [_attribute(carrier, item, path) for path, item in carrier.items(listed, ("attributes",))]
    return ListNode(tuple(items), listed.source)


def values_of(carrier: Carrier, node: Node, name: str, attributes: ListNode) -> dict[str, Node]:
    """Returns the rows and the default record of a values file, in the form of a spec's `values`."""
    entries = carrier.known(node, (), ("tableName", "values"))
    check_name(carrier, entries, name)
    if "values" not in entries:
        carrier.wrong(node.source, "$.values is missing")
        return {}
    return rows_of(carrier, entries["values"].node, attributes)


def check_name(carrier: Carrier, entries: Mapping[str, Entry], name: str) -> None:
    if "tableName" in entries:
        node = entries["tableName"].node
        if not isinstance(node, Scalar) or node.value != name:
            table = brief(node.text) if isinstance(node, Scalar) else "not a text"
            message = f"$.tableName is {table}, but this is the file of table {brief(name)}; correct one of them"
            carrier.wrong(node.source, message)


def document(name: Scalar, spec: Mapping[str, Node], source: Source) -> MapNode:
    kind = Scalar("DataTable", "DataTable", source)
    return mapping(
        {"kind": kind, "metadata": mapping({"name": name}, name.source), "spec": mapping(spec, source)}, source
    )


def mapping(nodes: Mapping[str, Node], source: Source) -> MapNode:
    return MapNode({key: Entry(node.source, node) for key, node in nodes.items()}, source)


def _attribute(carrier: Carrier, node: Node, path: Path) -> MapNode:
    entries = carrier.known(node, path, OF_AN_ATTRIBUTE)
    carried = {word: entry.node for word, entry in entries.items()}
    if "primary" in carried:
        carried["primary"] = as_flag(carried["primary"])
    if "validation" in carried:
        carried["validation"] = _validation(carrier, carried["validation"], (*path, "validation"))
    return mapping(carried, node.source)


def _validation(carrier: Carrier, node: Node, path: Path) -> Node:
    if not isinstance(node, MapNode):
        return node
    entries = carrier.known(node, path, OF_A_VALIDATION)
    carried = {word: as_number(entry.node) if word in _NUMBERS else entry.node for word, entry in entries.items()}
    if "ignoreCase" in carried:
        carried["ignoreCase"] = as_flag(carried["ignoreCase"])
    if isinstance(enum := carried.get("enum"), MapNode):
        carried["enum"] = _enum(carrier, enum, (*path, "enum"))
    return mapping(carried, node.source)


def _enum(carrier: Carrier, node: MapNode, path: Path) -> MapNode:
    """Returns an enum that is strict by default, as in the old program. AWS's own default is not strict."""
    entries = carrier.known(node, path, OF_AN_ENUM)
    strict = as_flag(entries["strict"].node) if "strict" in entries else Scalar(True, "true", node.source)
    carried: dict[str, Node] = {"strict": strict}
    if "values" in entries:
        values = entries["values"].node
        carried["values"] = (
            ListNode(tuple(map(as_text, values.items)), values.source) if isinstance(values, ListNode) else values
        )
    return mapping(carried, node.source)


def _converted(node: MapNode, convert: Callable[[Node], Node]) -> MapNode:
    return MapNode({key: Entry(entry.source, convert(entry.node)) for key, entry in node.entries.items()}, node.source)
