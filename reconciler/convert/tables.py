"""A table of the old layout → the document of a manifest, every value at its place in the JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.convert.carrying import Carrier, Path, as_flag, as_number, as_text
from reconciler.convert.rows import rows_of
from reconciler.documents.hints import brief
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar
from reconciler.errors import Source

ZONE, LEVEL = "US/Eastern", "NONE"  # what the old program took where nothing was said
OF_A_TABLE = ("name", "description", "timeZone", "valueLockLevel", "tags")
OF_AN_ATTRIBUTE = ("name", "valueType", "description", "primary", "validation")
OF_AN_ENUM = ("strict", "values")
_NUMBERS = (
    *("minLength", "maxLength", "minValues", "maxValues", "minimum", "maximum"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
)
OF_A_VALIDATION = (*_NUMBERS, "ignoreCase", "enum")


def table_of(said: Mapping[str, Entry], around: Node) -> dict[str, Node]:
    """What the main file says of a table, in a spec's words; what the old program took unasked is said."""
    spec = {word: said[word].node for word in OF_A_TABLE[1:] if word in said}
    spec.setdefault("timeZone", Scalar(ZONE, ZONE, around.source))
    spec.setdefault("valueLockLevel", Scalar(LEVEL, LEVEL, around.source))
    if isinstance(tags := spec.get("tags"), MapNode):
        spec["tags"] = _each_of(tags, as_text)
    return {word: spec[word] for word in OF_A_TABLE[1:] if word in spec}


def attributes_of(carrier: Carrier, node: Node, name: str) -> ListNode:
    """The columns that an attributes' file declares."""
    said = carrier.known(node, (), ("tableName", "attributes"))
    check_name(carrier, said, name)
    if "attributes" not in said:
        carrier.wrong(node.source, "$.attributes is missing")
        return ListNode((), node.source)
    listed = said["attributes"].node
    items = [_attribute(carrier, item, path) for path, item in carrier.items(listed, ("attributes",))]
    return ListNode(tuple(items), listed.source)


def values_of(carrier: Carrier, node: Node, name: str, attributes: ListNode) -> dict[str, Node]:
    """The rows and the default record that a values' file holds, in the words of a spec's `values`."""
    said = carrier.known(node, (), ("tableName", "values"))
    check_name(carrier, said, name)
    if "values" not in said:
        carrier.wrong(node.source, "$.values is missing")
        return {}
    return rows_of(carrier, said["values"].node, attributes)


def check_name(carrier: Carrier, said: Mapping[str, Entry], name: str) -> None:
    if "tableName" in said:
        node = said["tableName"].node
        if not isinstance(node, Scalar) or node.value != name:
            found = node.text if isinstance(node, Scalar) else "no text"
            message = f"$.tableName is {brief(found)}, and the file is that of {brief(name)}; correct one"
            carrier.wrong(node.source, message)


def document(name: Scalar, spec: Mapping[str, Node], source: Source) -> MapNode:
    kind = Scalar("DataTable", "DataTable", source)
    return mapping(
        {"kind": kind, "metadata": mapping({"name": name}, name.source), "spec": mapping(spec, source)}, source
    )


def mapping(said: Mapping[str, Node], source: Source) -> MapNode:
    return MapNode({key: Entry(node.source, node) for key, node in said.items()}, source)


def _attribute(carrier: Carrier, node: Node, path: Path) -> MapNode:
    said = carrier.known(node, path, OF_AN_ATTRIBUTE)
    carried = {word: entry.node for word, entry in said.items()}
    if "primary" in carried:
        carried["primary"] = as_flag(carried["primary"])
    if "validation" in carried:
        carried["validation"] = _validation(carrier, carried["validation"], (*path, "validation"))
    return mapping(carried, node.source)


def _validation(carrier: Carrier, node: Node, path: Path) -> Node:
    if not isinstance(node, MapNode):
        return node
    said = carrier.known(node, path, OF_A_VALIDATION)
    carried = {word: as_number(entry.node) if word in _NUMBERS else entry.node for word, entry in said.items()}
    if "ignoreCase" in carried:
        carried["ignoreCase"] = as_flag(carried["ignoreCase"])
    if isinstance(enum := carried.get("enum"), MapNode):
        carried["enum"] = _enum(carrier, enum, (*path, "enum"))
    return mapping(carried, node.source)


def _enum(carrier: Carrier, node: MapNode, path: Path) -> MapNode:
    """Strict, where nothing is said: AWS's default is the other one."""
    said = carrier.known(node, path, OF_AN_ENUM)
    strict = as_flag(said["strict"].node) if "strict" in said else Scalar(True, "true", node.source)
    carried: dict[str, Node] = {"strict": strict}
    if "values" in said:
        values = said["values"].node
        carried["values"] = (
            ListNode(tuple(map(as_text, values.items)), values.source) if isinstance(values, ListNode) else values
        )
    return mapping(carried, node.source)


def _each_of(node: MapNode, turn: Callable[[Node], Node]) -> MapNode:
    return MapNode({key: Entry(entry.source, turn(entry.node)) for key, entry in node.entries.items()}, node.source)
