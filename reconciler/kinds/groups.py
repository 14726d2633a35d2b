"""The five groups of a kind's table: how AWS identifies, reads, writes, orders and deletes its resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.kinds.verbs import (
    Choice,
    Detail,
    IdBatch,
    Listing,
    Membership,
    Publication,
    Set,
    Transfer,
    Update,
    Wait,
)
from reconciler.model import DraftForm


@dataclass(frozen=True)
class Identity:
    """How AWS and this tool find one resource. A kind must give `id_param`.

    id_param: the parameter of the id in calls; "" if there is exactly one resource.
    key: the field that AWS identifies a resource by, or "".
    with_fields: fields that every call sends with the id.
    folds_case: AWS ignores case in names.
    is_named_by_key: manifests may refer to a resource by its key too, not only by its name in a manifest.
    arn: the ARN with `{partition}`, `{region}`, `{account}` and `{id}`, for services whose creates do not answer it.
    """

    id_param: str
    key: str = "name"
    with_fields: tuple[str, ...] = ()
    folds_case: bool = False
    is_named_by_key: bool = False
    arn: str = ""


@dataclass(frozen=True)
class Reading:
    """The reads of resources. A kind must give `search`.

    search: the bulk read of every resource, with its tags.
    lookup: finds ids by name when the search lags.
    describe: operation and member, for the read before a full replace; member "" if the answer is the resource.
    described_by: parameters of describe, next to those that identify the resource.
    undescribed: error codes of describe for a resource that AWS only lists.
    locate: operation and member that answer the id for a name, if the id does not follow from the name.
    batch: describe takes several ids.
    details: fields that the search leaves out, and the reads that have them.
    describes_each: the search has no tags, so each of its results is described. If AWS has no `describe`, the tags of
      each are read, and the search has the rest.
    by_name: names are ids, and an account may have thousands of the kind. So a plan describes the declared resources,
      and searches for others only to export them. It needs `describe`, and one of the next three to find orphans.
    index: the type by which AWS's tag index lists the resources of the stack, such as `logs:log-group`. A kind that
      `describes_each` is then searched if the index lists one, although no manifest declares it.
    candidates: the listing of those that the stack may manage, if the index lacks the kind. `Kind.tagged_by` limits it
      to them. If AWS cannot, the kind is read by name.
    within: the kind whose resources contain those of this one, and the filter of `search` that names the container.
    within_tag: a tag of the containers that are searched. The account has more in others than a plan may list.
    within_each: the search needs that filter, so all resources are those of all containers.
    container: the kind whose resources contain those of this one, and the parameter of `search` that names one. A plan
      searches only the containers that manifests name. `within` is the same for kinds that are read by name.
    write_only: fields that no answer has.
    own: reads the instance of the environment itself, for kinds that see its settings (`Ordering.sees`).
    draft: how describe reads a resource that was never published.
    """

    search: Listing
    lookup: Listing | None = None
    describe: tuple[str, str] | None = None
    described_by: Mapping[str, Any] = field(default_factory=dict)
    undescribed: frozenset[str] = frozenset()
    locate: tuple[str, str] | None = None
    batch: IdBatch | None = None
    details: tuple[Detail, ...] = ()
    describes_each: bool = False
    by_name: bool = False
    index: str = ""
    candidates: Listing | None = None
    within: tuple[str, str] = ("", "")
    within_tag: str = ""
    within_each: bool = False
    container: tuple[str, str] = ("", "")
    write_only: frozenset[str] = frozenset()
    own: Listing | None = None
    draft: DraftForm | None = None


@dataclass(frozen=True)
class Writing:
    """The writes of resources. A kind must give `create`, and `delete` unless AWS has no such operation.

    updates: operations that replace fields. `sets`: fields whose items have operations of their own.
    set_after_create: fields that create does not accept.
    deferred: fields that create may omit, to break a cycle of references.
    filled: fields, or items of lists, to which AWS gives values of its own where a create leaves them out.
    constants: parameters that create requires and that no field has.
    forms: sets of fields that say the same in different forms. AWS answers with all forms; a manifest and a create have
    one.
    wait: the state that calls leave unfinished.
    overwrites: create does not refuse an existing resource, so that apply must look before it.
    choice: what apply chooses right before a create.
    delete_ids: the parameter of `delete`, if it takes a list of ids.
    publication: what apply publishes right before a call with a `PublishedVersion`.
    membership: the list of the container that `create` and `delete` replace, if the resources are its items.
    move: how a resource is taken over from another instance. Its kind has an index, a key and a `wait` for moves.
    """

    create: str
    delete: str = ""
    updates: tuple[Update, ...] = ()
    sets: tuple[Set, ...] = ()
    set_after_create: frozenset[str] = frozenset()
    deferred: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    constants: Mapping[str, Any] = field(default_factory=dict)
    forms: tuple[frozenset[str], ...] = ()
    wait: Wait | None = None
    overwrites: bool = False
    choice: Choice | None = None
    delete_ids: str = ""
    publication: Publication | None = None
    membership: Membership | None = None
    move: Transfer | None = None

    @property
    def set_fields(self) -> frozenset[str]:
        return frozenset(item_set.field for item_set in self.sets)

    @property
    def looks_before_create(self) -> bool:
        return self.overwrites or self.create in {update.operation for update in self.updates}


@dataclass(frozen=True)
class Ordering:
    """The bonds to other resources. A kind may leave all of it out.

    keeps_alive: fields whose target AWS refuses to delete while this resource refers to it.
    needs: kinds that are applied first.
    sees: kinds whose unmanaged resources count too: see `Kind.refuses`.
    compares_with: other kinds whose manifests `Kind.among` reads next to those of this one.
    follows: fields that are written after the same fields of the resources that they name, unless those lead back.
    followed: the kinds of those resources; all if it is empty.
    """

    keeps_alive: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    compares_with: tuple[str, ...] = ()
    follows: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Deletion:
    """The consequences and conditions of a deletion. A kind may leave all of it out.

    irreversible: what a deletion destroys for good.
    breaks: what stops working until the resource is created again, if nothing is destroyed. Plans say it.
    needs_tombstone: why a deletion needs a tombstone, and a create `--allow-create`.
    needs_both: why a deletion needs a tombstone and `--allow-delete`. Nothing else deletes or replaces such a resource.
    impossible: the remedy if AWS cannot delete a resource of this kind.
    only_empty: AWS deletes a resource only after its parts and the items of its sets.
    """

    irreversible: str = ""
    breaks: str = ""
    needs_tombstone: str = ""
    needs_both: str = ""
    impossible: str = ""
    only_empty: bool = False
