"""Puts the documents of a spec into files next to its manifest. It is alone because no other export writes JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.kinds.fields import document_type, manifest_key
from reconciler.model import Spec


class DocumentFile(NamedTuple):
    """A field whose document is in a file of that name."""

    field: str
    name: str
    text: str


def document_files(spec: type[Spec], values: Mapping[str, Any], stem: str) -> Iterator[DocumentFile]:
    """Yields the files of the documents in a manifest's spec. A text that is not JSON stays in the manifest.

    The name of a file depends on its field alone: an overlay with one of two documents has the same names.
    """
    is_first = True
    for name in spec.model_fields:
        key, document = manifest_key(spec, name), document_type(spec, name)
        value = values.get(key)
        if not document or not document.has_file:
            continue
        own = "" if is_first else f".{key}"
        is_first = False
        if isinstance(value, dict):
            yield DocumentFile(key, f"{stem}{own}.json", document.laid_out(value))
