"""The ids and ARNs that resources of cases have inside, and the references that stand for them."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from reconciler.kinds.registry import KINDS
from reconciler.model import REFERENCE, Content, Ref, Scope

SCOPE = Scope("contact-centre", "test", account="111122223333", region="ca-central-1")
ACCOUNT = f"arn:aws:connect:{SCOPE.region}:{SCOPE.account}"


def id_of(ref: Ref) -> str:
    """Returns the invented id of a resource, or its name at AWS."""
    if not is_by_name(ref):
        id = str(uuid5(NAMESPACE_OID, str(ref)))
        return id.replace("-", "") if ref.kind == "EmrServerlessApplication" else id
    kind = KINDS[ref.kind]
    return str(kind.named(ref.name, SCOPE).get(kind.identity.id_param, ref.name))


def is_by_name(ref: Ref) -> bool:
    """Returns whether the name of the resource is its id."""
    return ref.kind in KINDS and KINDS[ref.kind].reading.by_name


def arn_of(ref: Ref) -> str:
    """Returns the ARN of a resource, which has its id."""
    if ref.kind in KINDS and KINDS[ref.kind].identity.arn:
        return KINDS[ref.kind].arn_of(id_of(ref), SCOPE)
    if is_by_name(ref):
        return f"arn:aws:iam::{SCOPE.account}:role/reconcile/{ref.name}"
    instance = ref if ref.kind == "ConnectInstance" else Ref("ConnectInstance", "here")
    whole = f"{ACCOUNT}:instance/{id_of(instance)}"
    return whole if ref == instance else f"{whole}/{ref.kind.lower()}/{id_of(ref)}"


def with_ids(value: Any) -> Any:
    """Returns an answer or a call with ids and ARNs in place of references, and bytes in place of contents."""
    match value:
        case dict() if content := Content.from_json(value):
            return bytes(content.size or 0)
        case str():
            return REFERENCE.sub(lambda match: resolved(Ref(match["kind"], match["name"]), match["word"]), value)
        case dict():
            return {key: with_ids(item) for key, item in value.items()}
        case list():
            return [with_ids(item) for item in value]
        case _:
            return value


def has_path(ref: Ref) -> bool:
    """Returns whether the name of the resource is a path, as that of a hierarchy group."""
    return ref.kind in KINDS and KINDS[ref.kind].nests


def refs_above(ref: Ref) -> list[Ref]:
    """Returns the resources that a path leads through, from the top."""
    steps = ref.name.split("/") if has_path(ref) else []
    return [Ref(ref.kind, "/".join(steps[:end])) for end in range(1, len(steps))]


def path_members(ref: Ref) -> dict[str, Any]:
    """Returns the members of a hierarchy group that show its path."""
    steps = zip(("LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive"), (*refs_above(ref), ref), strict=False)
    path = {level: {"Id": id_of(step), "Name": step.name.rpartition("/")[2]} for level, step in steps}
    return {"Name": ref.name.rpartition("/")[2], "HierarchyPath": path}


def resolved(ref: Ref, word: str) -> str:
    """Returns the id or the ARN that a reference stands for."""
    return arn_of(ref) if word == "arn" else id_of(ref)
