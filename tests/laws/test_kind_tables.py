"""The tables of the kinds agree with the service model: operations, parameters, answers and sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.model import OperationModel, ServiceModel, StructureShape
from botocore.validate import ParamValidator

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import aws_name, is_local, named_in, nested, references, refers_to
from reconciler.kinds.marks import kept_tags, number_tags
from reconciler.kinds.operations import INDEX, reads_of, writes
from reconciler.kinds.registry import KINDS
from reconciler.kinds.verbs import Listing
from reconciler.model import Content, IdOf, Ownership, Read, Ref, Spec
from tests.builders.calls import everything_sent
from tests.builders.examples import example

every_kind = pytest.mark.parametrize("kind", KINDS)
# Fields that a kind's `read_field` or `from_aws` reads from another member of the answer.
BY_DOOR = {
    "LambdaFunction": {"reserved_concurrent_executions": "Concurrency"},
    "InstanceStorage": {"storage_config": "StorageType"},
    "RedshiftRole": {"name": "namespaceName"},
    "S3Bucket": {"name": "BucketArn"},
    "UserHierarchyGroup": {"parent_group": "HierarchyPath"},
}
NAMED_BY_REQUEST = {"S3Object": {"name"}}  # no answer repeats the bucket and the key
MOST_RESULTS = {"SqsQueue": 1000}  # in the text of the model alone
ID = "00000000-0000-4000-8000-000000000000"


def operation(kind: Kind[Any], name: str) -> OperationModel:
    model = _model(kind.service.name)
    assert name in model.operation_names, f"there is no {name}"
    return model.operation_model(name)


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def takes(kind: Kind[Any], name: str) -> Mapping[str, Any]:
    shape = operation(kind, name).input_shape
    return shape.members if shape else {}


def gives(kind: Kind[Any], name: str) -> Mapping[str, Any]:
    shape = operation(kind, name).output_shape
    return shape.members if shape else {}


def listed_members(kind: Kind[Any], listing: Listing) -> set[str]:
    """Returns the members of the listed items; none for plain texts and lists of values."""
    shape = gives(kind, listing.operation)[listing.items]
    item = shape.member if shape.type_name == "list" else shape
    return set(item.members) if isinstance(item, StructureShape) else set()


def content(kind: Kind[Any], name: str, member: str) -> Mapping[str, Any]:
    """Returns the members of one resource in an answer: the whole answer, a structure in it, or an item of a list."""
    if not member:
        return gives(kind, name)
    shape = gives(kind, name)[member]
    if shape.type_name == "map":
        # Without an enum, the names of attributes are in the model's texts alone.
        return dict.fromkeys(getattr(shape.key, "enum", ()) or map(kind.answered, kind.spec.model_fields))
    return (shape.member if shape.type_name == "list" else shape).members


def described(kind: Kind[Any]) -> set[str]:
    return set(content(kind, *kind.reading.describe)) if kind.reading.describe else set()


def own(kind: Kind[Any]) -> set[str]:
    """Returns the fields that AWS knows."""
    return {field for field in kind.spec.model_fields if not is_local(kind.spec, field)}


def every_read(kind: Kind[Any]) -> tuple[Read, ...]:
    """Returns the reads of the kind's own service."""
    reads = (*reads_of(kind).of_plan, *reads_of(kind).of_apply)
    return tuple(read for read in reads if read.service == kind.service.name)


def test_the_tag_index_takes_the_filters_and_has_the_content() -> None:
    shape = _model(INDEX.service).operation_model(INDEX.operation)

    assert {"TagFilters", "ResourceTypeFilters", *INDEX.filters} <= set(shape.input_shape.members)
    assert INDEX.filters["ResourcesPerPage"] == 100  # the most, in the text of the model
    assert {"ResourceARN", "Tags"} <= set(shape.output_shape.members[INDEX.member].member.members)


@every_kind
def test_every_operation_is_one_of_the_service(kind: str) -> None:
    called = {*(read.operation for read in every_read(KINDS[kind])), *writes(KINDS[kind])}

    assert called <= set(_model(KINDS[kind].service.name).operation_names)


@every_kind
def test_every_read_has_its_content_and_its_filters(kind: str) -> None:
    k = KINDS[kind]
    for read in every_read(k):
        assert not read.member or read.member in gives(k, read.operation), read
        assert not read.ids or read.ids in takes(k, read.operation), read
        assert set(read.filters) <= set(takes(k, read.operation)), read


@every_kind
def test_no_page_is_larger_than_the_model_allows(kind: str) -> None:
    k = KINDS[kind]
    for read in every_read(k):
        if "MaxResults" in takes(k, read.operation):
            most = takes(k, read.operation)["MaxResults"].metadata.get("max", MOST_RESULTS.get(kind))
            assert read.filters["MaxResults"] == most, read


@every_kind
def test_every_field_is_in_some_answer(kind: str) -> None:
    k = KINDS[kind]
    whole = {member for listing in k.searches((), True) for member in (*listed_members(k, listing), *listing.constants)}
    whole |= described(k)
    apart = {field for gap in k.reading.details if gap.is_apart for field in gap.fields} | k.reading.write_only
    apart |= {"tags"} if k.service.tagging and k.tagging.read else set()
    apart |= {k.parts.field} if k.parts else set()
    apart |= set(kept_tags(k.spec))  # in tags alone
    apart |= NAMED_BY_REQUEST.get(kind, set())
    searched = gives(k, k.reading.search.operation)[k.reading.search.items]
    if searched.type_name == "list" and searched.member.type_name == "string":
        apart |= {k.identity.key}  # the text that is listed

    unread = {f for f in own(k) - apart if k.answered(f) not in whole}

    assert unread == set(BY_DOOR.get(kind, {}))
    assert set(BY_DOOR.get(kind, {}).values()) <= whole


@every_kind
def test_details_are_listed_by_id_and_have_their_members(kind: str) -> None:
    k = KINDS[kind]
    for gap in k.reading.details:
        names = {field.partition(".")[0] for field in gap.fields}
        assert names <= own(k)
        if not gap.is_apart:
            assert {k.answered(name) for name in names} <= described(k)
        if gap.listing:
            read = next(it for it in reads_of(k).details if it.operation == gap.listing.operation)
            named = {gap.arns} if gap.arns else set(k.detail_params(read, {k.identity.id_param: "it"}, "arn"))
            assert named <= set(takes(k, gap.listing.operation))
        if gap.describe:
            assert k.identity.id_param in takes(k, gap.describe[0])
            assert {k.answered(name) for name in names} <= set(content(k, *gap.describe))


@every_kind
def test_a_kind_has_tags_if_create_takes_them(kind: str) -> None:
    k = KINDS[kind]

    parameter = k.tagging.create_in or k.tagging.create
    assert (parameter in takes(k, k.writing.create)) == (k.ownership is Ownership.TAGS)
    assert ("tags" in k.spec.model_fields) == (k.ownership is Ownership.TAGS and not k.tagging.is_own)
    if k.ownership is Ownership.TAGS and not (k.tagging.read or k.tagging.is_own):
        is_described = k.reading.describes_each or k.reading.by_name
        assert k.tagging.create in (described(k) if is_described else listed_members(k, k.reading.search))


@every_kind
def test_every_field_has_an_operation_that_carries_it(kind: str) -> None:
    k = KINDS[kind]
    carried = {f for update in k.writing.updates for f in update.fields} | {each.field for each in k.writing.sets}
    carried |= {"tags", k.parts.field if k.parts else "", *number_tags(k.spec)}

    assert own(k) - carried - k.fixed == set()
    assert {f for update in k.writing.updates for f in update.fields} | {each.field for each in k.writing.sets} <= own(
        k
    )
    assert k.writing.set_after_create | k.writing.deferred | k.reading.write_only | set(k.identity.with_fields) <= own(
        k
    )
    assert not k.identity.key or k.identity.key in k.spec.model_fields
    assert set(k.writing.constants) <= set(takes(k, k.writing.create))


@every_kind
def test_every_id_parameter_names_a_resource(kind: str) -> None:
    k = KINDS[kind]
    names = {
        *([k.identity.id_param] if k.identity.id_param else []),
        *(k.param(field) for field in k.identity.with_fields),
    }
    assert not k.writing.delete_ids or takes(k, k.writing.delete)[k.writing.delete_ids].type_name == "list"
    about = {
        *([] if k.writing.delete_ids else [k.writing.delete]),
        *(update.operation for update in k.writing.updates if not update.arn),
        *(update.clear for update in k.writing.updates if not update.arn),
        *([k.reading.describe[0]] if k.reading.describe and not k.reading.batch else []),
    }
    about |= {each for m in k.writing.sets for each in (m.add, m.change, m.remove)}
    about |= {k.parts.create, k.parts.update, k.parts.delete, k.parts.listing.operation} if k.parts else set()

    for name in filter(None, about):
        assert names <= set(takes(k, name)), name
    for update in k.writing.updates:
        arns = [update.operation, *([update.clear] if update.clear else [])] if update.arn else []
        assert all(update.arn in takes(k, name) for name in arns)


@every_kind
def test_an_operation_takes_every_parameter_sent(kind: str) -> None:
    k = KINDS[kind]
    ref = Ref(kind, "it")
    # Apply fills in cells and their locks. A plan adds tags, to taggable kinds only.
    added = {"Values", "LockVersion"} if k.cells else set()
    added |= {k.writing.choice.member, k.writing.choice.token} if k.writing.choice else set()
    added |= set() if k.ownership is Ownership.TAGS else {k.tagging.create}
    tagging = (k.tag_call(ref, {"a": "b"}), k.untag_call(ref, ["a"])) if k.ownership is Ownership.TAGS else ()
    for call in (*everything_sent(k), *tagging):
        shape = operation(k, call.operation).input_shape
        instance = k.service.instance
        params = _with_ids(dict(call.params)) | ({instance: ID} if instance in shape.members else {})
        report = ParamValidator().validate(params, shape).generate_report()
        # botocore fills in the tokens that make a repeated call harmless.
        tokens = {name for name, member in shape.members.items() if member.metadata.get("idempotencyToken")}
        wrong = [line for line in report.splitlines() if not any(f'"{name}"' in line for name in added | tokens)]
        assert not wrong, (call.operation, wrong)


@every_kind
def test_no_batch_is_larger_than_the_list_that_it_fills(kind: str) -> None:
    k = KINDS[kind]
    for members in k.writing.sets:
        for name, param in ((members.add, ""), (members.change, ""), (members.remove, members.removed)):
            if members.one_by_one:
                assert members.batch == 1, name
            elif name:
                most = takes(k, name)[param or k.param(members.field)].metadata.get("max", members.batch)
                assert members.batch <= most, name
        born = takes(k, k.writing.create).get(k.param(members.field))
        assert not members.born or members.born <= born.metadata.get("max", members.born)


@every_kind
def test_a_state_that_settles_is_in_the_describe(kind: str) -> None:
    k = KINDS[kind]
    if not (settle := k.writing.wait):
        return
    members = content(k, *k.reading.describe)
    *outer, state = settle.member.split(".")
    inside = members
    for step in outer:
        inside = inside[step].members
    shape = inside[state]
    assert not shape.enum or {settle.done, *settle.also_done, *settle.failed} <= set(shape.enum)
    for step in settle.reason:
        shape = members[step]
        members = getattr(shape, "members", {})
    assert shape.type_name == "string"


@every_kind
def test_parts_and_cells_agree_with_their_operations(kind: str) -> None:
    k = KINDS[kind]
    parts, cells = k.parts, k.cells
    if parts:
        part = nested(k.spec, parts.field)
        assert part
        sent = {aws_name(part, f, k.service.casing) for f in part.model_fields if not is_local(part, f)}
        assert sent <= set(takes(k, parts.create)) & set(takes(k, parts.update))
        assert parts.id_param in set(takes(k, parts.update)) & set(takes(k, parts.delete))
        assert sent <= (set(content(k, *parts.describe)) if parts.describe else listed_members(k, parts.listing))
        assert not parts.bulk or sent | {parts.id_param, k.identity.id_param} <= listed_members(k, parts.bulk)
        assert not parts.has_id or parts.id_param in listed_members(k, parts.listing)
    if cells:
        for name in (cells.create, cells.update, cells.delete):
            assert {k.identity.id_param, "Values"} <= set(takes(k, name))
        assert {"PrimaryValues", "NewPrimaryValues", "LockVersion"} <= set(takes(k, cells.rename))
        assert cells.level in k.spec.model_fields


@every_kind
def test_a_kind_without_delete_has_a_remedy(kind: str) -> None:
    assert bool(KINDS[kind].writing.delete) != bool(KINDS[kind].deletion.impossible)


@every_kind
def test_references_name_kinds_that_exist(kind: str) -> None:
    def targets(spec: type[Spec]) -> Iterator[str | None]:
        for field in spec.model_fields:
            yield refers_to(spec, field)
            if inner := nested(spec, field):
                yield from targets(inner)

    assert set(targets(KINDS[kind].spec)) <= {None, *KINDS}
    assert set(KINDS[kind].ordering.needs) <= set(KINDS)


@every_kind
@pytest.mark.parametrize("which", ["first", "second"])
def test_a_spec_has_the_references_of_its_calls(kind: str, which: str) -> None:
    k, spec = KINDS[kind], example(kind, which).spec

    container = {container} if (container := k.container(spec)) else set()
    assert set(k.references(spec)) - container == set(references(k.to_aws(spec, k.spec.model_fields)))
    assert container <= set(references(k.create_call(Ref(kind, spec.name), spec, {}).params))
    for field in k.spec.model_fields:
        assert set(named_in(spec, (field,))) == set(references(k.to_aws(spec, (field,))))


def _with_ids(value: Any) -> Any:
    match value:
        case IdOf(is_number=True):
            return 1
        case IdOf(arn=True):
            return f"arn:aws:service:us-east-1:111122223333:resource/{ID}"
        case IdOf():
            return ID
        case Content():
            return b""
        case Mapping():
            return {key: _with_ids(item) for key, item in value.items()}
        case list() | tuple():
            return [_with_ids(item) for item in value]
        case _:
            return value
