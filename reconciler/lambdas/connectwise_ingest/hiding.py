"""Applies a tenant's privacy to values, at any depth. A decision is made once for each path."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from reconciler.lambdas.connectwise.privacy import Decision, decide, is_secret_name
from reconciler.lambdas.connectwise.tenants import Privacy

Path = tuple[str, ...]


class Hider:
    """`pii_key` is the key of the hashes; a tenant that hashes nothing needs none."""

    def __init__(self, table: str, privacy: Privacy, pii_key: bytes = b"") -> None:
        self._table, self._privacy, self._key = table, privacy, pii_key
        self._decisions: dict[Path, Decision] = {}
        self._members: dict[Path, dict[str, tuple[Decision, Path]]] = {}

    def decide(self, path: Path) -> Decision:
        if path not in self._decisions:
            self._decisions[path] = "drop" if _is_link(path) else decide(self._table, path, self._privacy)
        return self._decisions[path]

    def hashed(self, value: Any) -> str | None:
        """Returns 64 hex digits for a value, equal for equal values of this tenant."""
        if value is None:
            return None
        text = value.encode() if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        return hmac.new(self._key, text, sha256).hexdigest()

    def visible(self, value: Any, path: Path) -> Any:
        """Returns a value without the members that are dropped, and with hashes of those that are hashed."""
        if type(value) is dict:
            return self._object(value, path)
        if type(value) is list:
            return [self.visible(item, path) if type(item) in (dict, list) else item for item in value]
        return value

    def _object(self, value: Mapping[str, Any], path: Path) -> dict[str, Any]:
        kept = dict[str, Any]()
        members = self._members.setdefault(path, {})
        for name, member in value.items():
            if name not in members:
                members[name] = self.decide((*path, name)), (*path, name)
            decision, inner = members[name]
            if decision == "keep":
                kept[name] = self.visible(member, inner) if type(member) in (dict, list) else member
            elif decision == "hash":
                kept[name] = self.hashed(member)
        caption = value.get("caption")
        # A custom field has its name in `caption`, and the captions are the customer's own.
        if isinstance(caption, str) and is_secret_name(caption):
            kept.pop("value", None)
        return kept


def _is_link(path: Path) -> bool:
    """Returns whether a field is a link of the API, or the `_info` of a reference, which has links only."""
    return path[-1].endswith("_href") or (len(path) > 1 and path[-1] == "_info")
