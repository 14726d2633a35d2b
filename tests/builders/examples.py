"""The two example specs of each kind, as manifests, with the resources that they refer to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from reconciler.kinds.fields import keyed_by, nested
from reconciler.kinds.registry import KINDS
from reconciler.model import REFERENCE, Linked, Manifest
from tests.builders.manifests import manifest

# Switches of a sandbox in which every example can be created and changed: the users of the examples sign in with SAML.
SWITCHES = {
    **{"customVoices": True, "signIn": "SAML", "timeToLiveChanges": "at_will"},
    "missingEventSource": "accepted",  # mappings of the examples read a queue that no example creates
}


def _linked(value: Any) -> Any:
    """Returns a value with its texts that refer to resources as the first stage reads them."""
    match value:
        case str() if REFERENCE.search(value):
            return Linked(value)
        case dict():
            return {key: _linked(item) for key, item in value.items()}
        case list():
            return [_linked(item) for item in value]
        case _:
            return value


EXAMPLES = {
    path.stem: _linked(json.loads(path.read_text()))
    for path in sorted((Path(__file__).parents[1] / "kinds" / "examples").glob("*.json"))
}


def example(kind: str, which: str = "first", name: str = "") -> Manifest:
    it = EXAMPLES[kind][which]
    name = name and EXAMPLES[kind].get("another", name)
    if name and "/" not in name and (KINDS[kind].reading.within[0] or KINDS[kind].reading.container[0]):
        name = f"{it['name'].partition('/')[0]}/{name}"
    return manifest(kind, name or it.get("name", "it"), it["spec"], it.get("rows", ()), **it.get("more", {}))


def needed(kind: str, which: str = "first") -> dict[str, Any]:
    """Returns the required fields of an example."""
    required = [field.alias for field in KINDS[kind].spec.model_fields.values() if field.is_required()]
    fields = [*(key for key in required if key and key != "name"), *EXAMPLES[kind].get("needed", ())]
    return {key: EXAMPLES[kind][which]["spec"][key] for key in fields}


def rivals(kind: str, field: str) -> set[str]:
    """Returns the fields that say the same as this one in another form, by their keys in a manifest."""
    forms = [{KINDS[kind].spec.model_fields[f].alias or f for f in form} for form in KINDS[kind].writing.forms]
    return {rival for form in forms if field not in form and any(field in other for other in forms) for rival in form}


def together(kind: str, field: str) -> tuple[str, ...]:
    """Returns the fields without which AWS refuses another value of this one."""
    return tuple(EXAMPLES[kind].get("together", {}).get(field, ()))


def has_one(kind: str, key: str) -> bool:
    """Returns whether a list can have one item at most: AWS takes no more, or its key has one value."""
    spec = KINDS[kind].spec
    field = next(name for name, info in spec.model_fields.items() if info.alias == key)
    if any(getattr(part, "max_length", 0) == 1 for part in spec.model_fields[field].metadata):
        return True
    if any(members.most == 1 and members.field == field for members in KINDS[kind].writing.sets):
        return True
    inner, by = nested(spec, field), keyed_by(spec, field)
    return bool(inner and by and len(get_args(inner.model_fields[by].annotation)) == 1)


def surroundings(*manifests: Manifest) -> list[Manifest]:
    """Returns the manifests that these refer to, at any depth, with their required fields only."""
    known = {each.ref for each in manifests}
    found = list(manifests)
    for each in found:
        kind = KINDS[each.ref.kind]
        wanted = {*kind.references(each.spec), *(example(other).ref for other in kind.ordering.needs)}
        for ref in sorted(wanted - known):
            # A live number is seeded, not declared.
            if ref.kind in KINDS and not (KINDS[ref.kind].identity.is_named_by_key and ref.name.startswith("+")):
                known.add(ref)
                found.append(
                    example(ref.kind)
                    if ref.kind in kind.ordering.needs
                    else manifest(ref.kind, ref.name, needed(ref.kind))
                )
    return found[len(manifests) :]


def permitted(*manifests: Manifest) -> dict[str, frozenset[str]]:
    """Returns the flags that allow to create them, and to replace those without values."""
    addresses = frozenset(str(each.ref) for each in manifests)
    remade = frozenset(str(each.ref) for each in manifests if not KINDS[each.ref.kind].cells)
    return {"allow_create": addresses, "allow_delete": remade}
