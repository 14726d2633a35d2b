"""Stored texts as a manifest writes them: names where the other thing is declared too, `$${` for a plain `${`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from reconciler.directory import Directory
from reconciler.kinds.fields import references
from reconciler.model import REFERENCE, Linked, Ref

MARK = "${"


def circular(texts: Mapping[Ref, Any]) -> dict[Ref, set[Ref]]:
    """What each may not name: whatever names it in turn, for then none of them could be made first."""
    named = {ref: set(references(value)) for ref, value in texts.items()}
    return {ref: {target for target in targets if ref in _reached(named, target)} for ref, targets in named.items()}


def _reached(named: Mapping[Ref, set[Ref]], start: Ref) -> list[Ref]:
    reached = [start]
    for ref in reached:
        reached += named.get(ref, set()) - set(reached)
    return reached


class Writer:
    """`declared`: what manifests are written for; a reference to anything else would lead nowhere."""

    def __init__(self, directory: Directory, declared: Collection[Ref]) -> None:
        self._directory, self._declared = directory, declared

    def sparing(self, refs: Collection[Ref]) -> Writer:
        """A writer that does not name these."""
        return Writer(self._directory, set(self._declared) - set(refs)) if refs else self

    def text(self, text: str) -> str:
        if MARK not in text:
            return text
        if isinstance(text, Linked):
            if self._names_alone(text):
                return text
            # Planning takes ids for references as well; names and a plain `${` in one text could not be told apart.
            text = REFERENCE.sub(self._id, text)
        return text.replace(MARK, f"${MARK}")

    def everywhere(self, value: Any) -> Any:
        """The value with every text in it as it is written; keys are no texts."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {key: self.everywhere(item) for key, item in value.items()}
            case list():
                return [self.everywhere(item) for item in value]
            case _:
                return value

    def _names_alone(self, text: str) -> bool:
        found = list(REFERENCE.finditer(text))
        refs = {Ref(each["kind"], each["name"]) for each in found}
        # After a `$` a reference would read as an escape.
        escaped = any(text[: each.start()].endswith("$") for each in found)
        return refs <= set(self._declared) and text.count(MARK) == len(found) and not escaped

    def _id(self, found: re.Match[str]) -> str:
        ref = Ref(found["kind"], found["name"])
        if ref not in self._directory:
            return found[0]
        identity = self._directory.identity(ref)
        return identity.arn if found["word"] == "arn" else identity.id
