"""Writes references for manifests: names of declared resources and of those that need no manifest, ids of all others.

A plain `${` in a text is written as `$${`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from reconciler.directory import Directory
from reconciler.export.sayable import UNWRITABLE
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import document_type, nested, references, refers_to
from reconciler.kinds.marks import reference_of
from reconciler.model import REFERENCE, Linked, Ref, RefTo, Spec, is_id, reference_to

MARK = "${"
# The `$` of a text in a JSON file that would read as a reference or a variable.
LIKE_TEMPLATE = re.compile(r"\$(?=\{(?:var:|[A-Z]\w*/))")


class Uses(NamedTuple):
    """Resources that must exist before a resource can be created from its manifest."""

    fields: AbstractSet[Ref] = frozenset()  # named by fields that hold names
    texts: AbstractSet[Ref] = frozenset()  # named within texts


NONE = Uses()


def uses(kind: Kind[Any], spec: Mapping[str, Any]) -> Uses:
    """Returns the resources that a spec needs at its creation. Deferred fields do not count: they are set later."""
    deferred = _deferred(kind)
    early = {key: value for key, value in spec.items() if key not in deferred}
    return Uses(frozenset(_named(kind.spec, early)), frozenset(references(early)))


def named_by(kind: Kind[Any], spec: Mapping[str, Any], rows: Sequence[Any] = ()) -> set[Ref]:
    """Returns every resource that a spec or its rows name, deferred fields included."""
    return {*_named(kind.spec, spec), *references(spec), *references(list(rows))}


def circular(declared: Mapping[Ref, Uses]) -> dict[Ref, Uses]:
    """Returns for each resource the references that must be written as ids, because they close a circle.

    No resource of a circle could be created first. References in texts become ids before those in fields.
    """
    every = {ref: {*it.fields, *it.texts} for ref, it in declared.items()}
    texts = {ref: _leading_back(every, ref, it.texts) for ref, it in declared.items()}
    left = {ref: {*it.fields, *(it.texts - texts[ref])} for ref, it in declared.items()}
    return {ref: Uses(_leading_back(left, ref, it.fields), texts[ref]) for ref, it in declared.items()}


def _leading_back(needs: Mapping[Ref, set[Ref]], ref: Ref, targets: Iterable[Ref]) -> set[Ref]:
    """Returns the targets from which references lead back to the resource."""
    return {target for target in targets if ref in _reached(needs, target)}


class Writer:
    """Writes specs and texts with references.

    `declared` maps the exported resources to their names; a name of any other resource would have no target. `apart`
    are targets that are written as ids although they are declared.
    """

    def __init__(self, directory: Directory, declared: Mapping[Ref, str], apart: Uses = NONE) -> None:
        self._directory, self._declared, self._apart = directory, declared, apart

    def sparing(self, apart: Uses) -> Writer:
        return Writer(self._directory, self._declared, apart)

    def spec(self, kind: Kind[Any], spec: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the spec with its references and texts in the form of a manifest."""
        deferred, free = _deferred(kind), self.sparing(NONE)
        written: dict[str, Any] = {}
        for key, value in spec.items():
            # A deferred field may name every declared resource: it is set after all of them exist.
            writer = free if key in deferred else self
            written |= writer._within(kind.spec, {key: value})
        return written

    def text(self, text: str) -> str:
        if MARK not in text:
            return text
        if isinstance(text, Linked):
            if self._names_alone(text):
                return REFERENCE.sub(self._as_declared, text)
            # A plan turns ids into references too. Names and a plain `${` in one text would be indistinguishable.
            text = REFERENCE.sub(self._id, text)
        return text.replace(MARK, f"${MARK}")

    def everywhere(self, value: Any) -> Any:
        """Returns the value with every text in it in the form of a manifest. Keys stay as they are."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {key: self.everywhere(item) for key, item in value.items()}
            case list():
                return [self.everywhere(item) for item in value]
            case _:
                return value

    def _within(self, spec: type[Spec], values: Any) -> Any:
        if isinstance(values, list):
            return [self._within(spec, item) for item in values]
        fields = {info.alias or name: name for name, info in spec.model_fields.items()}
        return {key: self._field(spec, fields[key], value) if key in fields else value for key, value in values.items()}

    def _field(self, spec: type[Spec], field: str, value: Any) -> Any:
        if reference := reference_of(spec, field):
            return (
                [self._named(reference, it) for it in value]
                if isinstance(value, list)
                else self._named(reference, value)
            )
        if (document := document_type(spec, field)) and document.has_file:
            return self._in_json(value)
        inner = nested(spec, field)
        return self._within(inner, value) if inner and isinstance(value, Mapping | list) else self.everywhere(value)

    def _in_json(self, value: Any) -> Any:
        """Returns a document with its texts in the form of a JSON file. It may name every live resource."""
        match value:
            case Linked():
                return self._linked_in_json(value)
            case str():
                return LIKE_TEMPLATE.sub("$$", value)
            case Mapping():
                return {key: self._in_json(item) for key, item in value.items()}
            case list():
                return [self._in_json(item) for item in value]
            case _:
                return value

    def _linked_in_json(self, text: str) -> str:
        """Returns a text with its references. The plain texts between them may look like variables."""
        pieces, last = list[str](), 0
        for match in REFERENCE.finditer(text):
            pieces += (LIKE_TEMPLATE.sub("$$", text[last : match.start()]), self._as_declared(match))
            last = match.end()
        return "".join((*pieces, LIKE_TEMPLATE.sub("$$", text[last:])))

    def _named(self, reference: RefTo, name: Any) -> Any:
        """Returns the name, or the id if a manifest cannot hold the name or would read it as an id."""
        ref = Ref(reference.kind, name)
        if ref not in self._directory:
            return name
        declared = self._declared.get(ref, name if reference.undeclared else None)
        if declared is None or is_id(declared) or UNWRITABLE.search(declared) or ref in self._apart.fields:
            identity = self._directory.identity(ref)
            # The name of a role is its id, which a manifest would read as that of a declared role.
            return identity.arn if reference.by == "Arn" and identity.arn else identity.id
        return self.text(declared)

    def _names_alone(self, text: str) -> bool:
        matches = list(REFERENCE.finditer(text))
        refs = {Ref(match["kind"], match["name"]) for match in matches}
        # After a `$`, a reference would read as an escape.
        escaped = any(text[: match.start()].endswith("$") for match in matches)
        is_free = refs <= self._declared.keys() - self._apart.texts
        is_free = is_free and all(reference_to(ref._replace(name=self._declared[ref]), "arn") for ref in refs)
        return is_free and text.count(MARK) == len(matches) and not escaped

    def _as_declared(self, match: re.Match[str]) -> str:
        ref = Ref(match["kind"], match["name"])
        return f"{MARK}{ref._replace(name=self._declared.get(ref, ref.name))}.{match['word']}}}"

    def _id(self, match: re.Match[str]) -> str:
        ref = Ref(match["kind"], match["name"])
        if ref not in self._directory:
            return match[0]
        return str(getattr(self._directory.identity(ref), match["word"])) or match[0]


def _deferred(kind: Kind[Any]) -> frozenset[str]:
    return frozenset(kind.spec.model_fields[field].alias or field for field in kind.writing.deferred)


def _named(spec: type[Spec], values: Any) -> Iterator[Ref]:
    """Yields the resources that the fields of a spec name, at any depth."""
    if isinstance(values, list):
        for item in values:
            yield from _named(spec, item)
        return
    for name, info in spec.model_fields.items():
        value = values.get(info.alias or name)
        if kind := refers_to(spec, name):
            names = value if isinstance(value, list) else [value]
            yield from (Ref(kind, target) for target in names if target is not None)
        elif (inner := nested(spec, name)) and isinstance(value, Mapping | list):
            yield from _named(inner, value)


def _reached(named: Mapping[Ref, AbstractSet[Ref]], start: Ref) -> list[Ref]:
    reached = [start]
    for ref in reached:
        reached += named.get(ref, set()) - set(reached)
    return reached
