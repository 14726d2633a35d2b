"""Replaces each `{file: PATH}` of a document field by the text of the file, with its references and variables."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from reconciler.desired.checked import Checked, Link
from reconciler.desired.fields import with_values
from reconciler.desired.json_texts import read_json
from reconciler.desired.layers import ManifestFolders, unusable
from reconciler.desired.texts import Texts
from reconciler.documents.files import read_text
from reconciler.documents.nodes import MapNode, Node, Scalar, scalars, text_of
from reconciler.errors import Mistake, Source
from reconciler.kinds.fields import document_type
from reconciler.kinds.registry import DECLARABLE
from reconciler.model import ContentFile, Spec

_FILE = "file"


def read_documents(
    spec: type[Spec], body: MapNode, links: tuple[Link, ...], where: ManifestFolders, texts: Texts
) -> Checked[MapNode]:
    """Returns the spec with documents in place of files. Wrong shapes stay, because the schema reports them.

    `links`: the references of the spec's own texts. Those inside such a document may lead to undeclared live resources.
    """
    walk = _DocumentFiles(where, texts)
    read = with_values(spec, body, _has_file, walk.value)
    known = tuple(link._replace(may_be_live=True) if link.source in walk.inline else link for link in links)
    return Checked(read, tuple(walk.mistakes), links=(*known, *walk.links))


def document_files(spec: type[Spec], body: MapNode, where: ManifestFolders) -> dict[str, ContentFile]:
    """Returns the files of the documents of a spec that `read_documents` read, by field."""
    files = {}
    for name, declared in spec.model_fields.items():
        key = declared.alias or name
        node = body.get(key)
        if isinstance(node, Scalar) and _has_file(spec, name) and node.source.file != body.source.file:
            files[key] = ContentFile(where.root / node.source.file, node.source.file)
    return files


def _has_file(spec: type[Spec], name: str) -> bool:
    document = document_type(spec, name)
    return document is not None and document.has_file


@dataclass
class _DocumentFiles:
    where: ManifestFolders
    texts: Texts
    mistakes: list[Mistake] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    inline: set[Source] = field(default_factory=set)

    def value(self, spec: type[Spec], name: str, node: Node) -> Node:
        key = spec.model_fields[name].alias or name
        if not isinstance(node, MapNode) or _FILE not in node.entries:
            self.inline |= {scalar.source for scalar in scalars(node)}
            return node
        named = node.entries[_FILE]
        if others := [other for other in node.entries if other != _FILE]:
            message = f"{key} has a file, and {others[0]} beside it; write the file alone, or the document without it"
            return self._unread(spec, name, Mistake(node.entries[others[0]].source, message))
        name_of_file = text_of(named.node)
        if name_of_file is None:
            message = f"{key}.file must be a text: the path of a JSON file"
            return self._unread(spec, name, Mistake(named.node.source, message))
        path = self.where.beside(named.node.source, name_of_file)
        if wrong := unusable(name_of_file, path, self.where):
            return self._unread(spec, name, Mistake(named.node.source, f"{key}.file {wrong}"))
        file = self.where.name(path)
        read = read_text(path, file)
        return self._unread(spec, name, read) if isinstance(read, Mistake) else self._read(read.text, file)

    def _unread(self, spec: type[Spec], name: str, mistake: Mistake) -> Node:
        """Returns an example in place of a document that cannot be read: its mistake is enough."""
        self.mistakes.append(mistake)
        document = document_type(spec, name)
        example = json.dumps(document.example if document else {})
        return Scalar(example, example, mistake.source)

    def _read(self, text: str, file: str) -> Node:
        """Returns the text of the file with its references. Its position is the beginning of the file."""
        known = read_json(text, file, self.texts, {*DECLARABLE})
        self.mistakes += known.mistakes
        self.links += known.links
        return Scalar(known.value, known.value, Source(file, 1, 1))
