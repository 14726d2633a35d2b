"""Replaces each `{file: PATH}` of a spec's content fields by the hash of the file, and code by its tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from reconciler.desired.checked import Checked
from reconciler.desired.code import ReadCode, read_code
from reconciler.desired.fields import with_values
from reconciler.desired.layers import ManifestFolders, unusable
from reconciler.documents.contents import hash_file
from reconciler.documents.hints import brief
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar
from reconciler.errors import Mistake, Source
from reconciler.kinds.contents import content_limit, holds_contents, is_code
from reconciler.kinds.fields import is_content
from reconciler.model import Content, ContentFile, ContentLimit, Spec


class HashedBody(NamedTuple):
    """A spec with hashes in place of files, and the files."""

    body: MapNode
    files: Mapping[Content, ContentFile]


def hash_contents(spec: type[Spec], body: MapNode, where: ManifestFolders) -> Checked[HashedBody]:
    """Reads the files that the content fields name. Wrong shapes stay, because the schema reports them."""
    if not holds_contents(spec):
        return Checked(HashedBody(body, {}))
    walk = _ContentFiles(where, body)
    hashed = with_values(spec, body, is_content, walk.value)
    return Checked(HashedBody(hashed, walk.files), tuple(walk.mistakes))


@dataclass
class _ContentFiles:
    where: ManifestFolders
    body: MapNode
    files: dict[Content, ContentFile] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def value(self, spec: type[Spec], field: str, node: Node) -> Node:
        key = spec.model_fields[field].alias or field
        if not is_code(spec, field):
            return self._content(key, node, content_limit(spec, field))
        read = read_code(key, node, self.body, self.where)
        if isinstance(read, Mistake):
            self.mistakes.append(read)
        if not isinstance(read, ReadCode):
            return node
        self.files[read.code] = read.file
        return _hash_node(read.code, node.source)

    def _content(self, key: str, node: Node, limit: ContentLimit) -> Node:
        match node:
            case ListNode(items=items, source=source):
                return ListNode(tuple(self._content(key, item, limit) for item in items), source)
            case MapNode() if isinstance(named := node.get("file"), Scalar) and isinstance(named.value, str):
                hashed = self._hashed(named.value, named.source, limit)
                if isinstance(hashed, Content):
                    return _hash_node(hashed, node.source)
                self.mistakes.append(Mistake(named.source, f"{key}.file {hashed}"))
            case MapNode() if isinstance(text := node.get("text"), Scalar) and isinstance(text.value, str):
                content = Content.of_bytes(text.value.encode())
                path = self.where.root / node.source.file
                self.files[content] = ContentFile(path, node.source.file, text=text.value)
                return _hash_node(content, node.source)
        return node

    def _hashed(self, name: str, source: Source, limit: ContentLimit) -> Content | str:
        """Returns the content of a file, or the rest of a mistake."""
        path = self.where.beside(source, name)
        if wrong := unusable(name, path, self.where):
            return wrong
        hashed = hash_file(path, limit)
        if isinstance(hashed, Content):
            self.files[hashed] = ContentFile(path, self.where.name(path))
            return hashed
        return f"{brief(name)} {hashed}"


def _hash_node(content: Content, source: Source) -> MapNode:
    scalars = {key: Scalar(value, str(value), source) for key, value in content.as_json.items()}
    return MapNode({key: Entry(source, scalar) for key, scalar in scalars.items()}, source)
