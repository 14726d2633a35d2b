"""The regular operations: those that the table of types is enough for."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.catalogue import TYPES
from reconciler.sandbox.connect.admin.types import Type


def _operations(type: Type) -> Iterator[tuple[str, str]]:
    """Yields the name of an operation, and the method of `Resources` that answers it."""
    named = {
        "Create": (f"Create{type.name}", "create_one"),
        "Describe": (f"Describe{type.name}", "describe_one"),
        "List": (f"List{type.plural}", "list_all"),
        "Search": (f"Search{type.searched_as or type.plural}", "search_all"),
        "Delete": (f"Delete{type.name}", "delete_one"),
    }
    yield from (named[verb] for verb in type.verbs)
    yield from ((operation, "update_one") for operation in type.updates)


OPERATIONS: dict[str, tuple[str, Type]] = {
    name: (method, type) for type in TYPES.values() for name, method in _operations(type) if model.is_operation(name)
}
