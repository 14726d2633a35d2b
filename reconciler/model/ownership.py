"""The tags that mark a resource as managed by a stack, and the rules for kinds without tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256

from reconciler.model import Ref, Scope

STACK, ADDRESS, PROTECT = "reconciler:stack", "reconciler:address", "reconciler:protect"
# Who had a resource before it was moved here. Without it, the plan there would take a resource without a key for new.
MOVED = "reconciler:moved-from"
# The document that a resource comes from, and the untaggable resources that come from it too.
ORIGIN, UNTAGGED = "reconciler:origin", "reconciler:untagged"
PREFIX = "reconciler:"
LONGEST = 256
MOST_TAGS = 10  # of the 50 that a resource may have
# Every character except those of a tag value (service model, TagValue); `=` is excluded, because it begins an escape.
_ODD = re.compile(r"[^\w .:/+@-]")


def tags(
    scope: Scope, ref: Ref, *, protect: bool = False, origin: Ref | None = None, untagged: Iterable[Ref] = ()
) -> dict[str, str]:
    """Returns the tags of a managed resource. They do not change from run to run.

    origin: the document that stands for it. `untagged`: untaggable resources that the document also stands for.
    """
    own = {STACK: scope.owner, ADDRESS: address(ref), **({PROTECT: "true"} if protect else {})}
    own |= {ORIGIN: address(origin)} if origin else {}
    return own | untagged_tags(untagged)


def origin_of(tagged: Mapping[str, str]) -> Ref | None:
    """Returns the document that a resource with these tags comes from, if the tags say it."""
    return ref_of(tagged[ORIGIN]) if "/" in tagged.get(ORIGIN, "") else None


def untagged_in(tagged: Mapping[str, str]) -> frozenset[Ref]:
    """Returns the untaggable resources that the tags remember."""
    texts = (text for key, text in tagged.items() if key == UNTAGGED or key.startswith(f"{UNTAGGED}-"))
    return frozenset(ref_of(word.replace("=20", " ")) for text in texts for word in text.split() if "/" in word)


def untagged_tags(refs: Iterable[Ref]) -> dict[str, str]:
    """Returns the tags that name untaggable resources, up to ten. A hash names nothing, so it is left out."""
    values: list[str] = []
    for word in sorted({address(ref).replace(" ", "=20") for ref in refs if "sha256:" not in address(ref)}):
        if values and len(values[-1]) + 1 + len(word) <= LONGEST:
            values[-1] += f" {word}"
        elif len(word) <= LONGEST:
            values.append(word)
    return {f"{UNTAGGED}-{at}" if at else UNTAGGED: value for at, value in enumerate(values[:MOST_TAGS])}


def address(ref: Ref) -> str:
    """Returns `Kind/name` as a tag value: quoted-printable outside the tag alphabet, or a hash if it is too long."""
    value = _ODD.sub(lambda odd: "".join(f"={byte:02X}" for byte in odd[0].encode()), str(ref))
    return value if len(value) <= LONGEST else f"{ref.kind}/sha256:{sha256(ref.name.encode()).hexdigest()}"


def moved_from(tagged: Mapping[str, str]) -> dict[str, str]:
    """Returns the tag that remembers the stack and the address of a resource that is moved; none if it had none."""
    owner, known = tagged.get(STACK), tagged.get(ADDRESS)
    return {MOVED: former(owner, known)} if owner and known else {}


def former(owner: str, address: str) -> str:
    """Returns a stack and an address as one tag value: a hash if it is too long."""
    value = f"{owner} {address}"
    return value if len(value) <= LONGEST else f"sha256:{sha256(value.encode()).hexdigest()}"


def ref_of(address: str) -> Ref:
    """Reverses `address`. A hash stays a hash."""
    text = re.sub(
        r"(=[0-9A-F]{2})+", lambda run: bytes.fromhex(run[0].replace("=", "")).decode(errors="replace"), address
    )
    kind, _, name = text.partition("/")
    return Ref(kind, name)


def pipeline_owner(scope: Scope, name: str) -> str:
    """Returns the value of the stack's tag on what a function of a pipeline creates: it is not the stack's own."""
    return f"{scope.owner}:Pipeline/{name}"


def pipeline_of(scope: Scope, owner: str) -> str:
    """Returns the address of the pipeline of this stack that a value of the stack's tag names; "" for any other."""
    address = owner.removeprefix(f"{scope.owner}:")
    return address if address != owner and address.startswith("Pipeline/") else ""


def is_of_pipeline(scope: Scope, owner: str) -> bool:
    return bool(pipeline_of(scope, owner))


def pipeline_of_any(owner: str) -> str:
    """Returns the address of the pipeline, of any stack, that a value of the stack's tag names; "" for any other."""
    _, colon, address = owner.rpartition(":")
    return address if colon and address.startswith("Pipeline/") else ""


def is_managed(scope: Scope, ref: Ref, tagged: Mapping[str, str]) -> bool:
    """Returns whether the tags say that the stack manages the resource under this address."""
    return tagged.get(STACK) == scope.owner and tagged.get(ADDRESS) == address(ref)


def owns(scope: Scope, kind: str, tagged: Mapping[str, str]) -> bool:
    """Returns whether the stack manages a resource without a manifest.

    The stack's tag alone may be a copy, and an address of another kind certainly is one.
    """
    return tagged.get(STACK) == scope.owner and tagged.get(ADDRESS, "").startswith(f"{kind}/")


def foreign(tagged: Mapping[str, str]) -> dict[str, str]:
    """Returns the tags that manifests may declare: neither AWS's own tags nor the reconciler's."""
    return {key: value for key, value in tagged.items() if not key.startswith(("aws:", PREFIX))}
