"""A port that answers as a case says, and keeps the writes. It needs neither AWS nor the local AWS.

Resources have invented ids inside. A case writes them as references, `${Kind/name.id}`, in answers and in calls.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from reconciler.documents.contents import CodeBytes
from reconciler.errors import CallError, Fate, Meaning
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import answered_name, is_local
from reconciler.kinds.operations import INDEX
from reconciler.kinds.registry import KINDS
from reconciler.model import REFERENCE, Content, HiddenText, Manifest, Ownership, Ref
from reconciler.model.ownership import ADDRESS, ref_of
from reconciler.model.secret import HIDDEN
from reconciler.port import Answer, Params
from tests.kinds.cases import ANSWER, Case
from tests.kinds.ids import ACCOUNT, SCOPE, arn_of, has_path, id_of, is_by_name, path_members, refs_above, with_ids

PLACE = ("AttributeName", "PrimaryValues")  # the members that identify a cell in the reply to a batch
TIMES = ("StartDate", "EndDate")
ARCHIVE = re.compile("[0-9a-f]{64}:[A-Za-z0-9+/]{43}=")  # a tree, and AWS's hash of a zip: it depends on zlib


def _with_times(value: Any) -> Any:
    """Returns an answer with its times as boto3 has them. On the wire they are numbers of seconds."""
    match value:
        case dict():
            return {key: _time(item) if key in TIMES else _with_times(item) for key, item in value.items()}
        case list():
            return [_with_times(item) for item in value]
        case _:
            return value


def _time(seconds: Any) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def ready_members(kind: Kind[Any]) -> dict[str, Any]:
    """Returns the members with the states of a finished resource."""
    ready: dict[str, Any] = {}
    wait = kind.writing.wait
    for state in filter(None, (wait, wait.of_updates) if wait else ()):
        inside = ready
        *outer, member = state.member.split(".")
        for step in outer:
            inside = inside.setdefault(step, {})
        inside[member] = state.done
    return ready


def describes_of(kind: Kind[Any]) -> str:
    return kind.reading.describe[0] if kind.reading.describe else ""


class Wire:
    """The answers of a case, and the writes that AWS accepts. Writes have references again in place of ids.

    Every other resource that the case names exists too, and is not managed.
    """

    def __init__(self, case: Case, manifests: list[Manifest]) -> None:
        self.calls: list[dict[str, Any]] = []
        self.read_operations: set[str] = set()
        self._is_deleted = False
        self._created: set[Kind[Any]] = set()
        self._kind: Kind[Any] = KINDS[case.kind]
        self._answers = _with_times(with_ids(case.live or {}))
        own = {manifest.ref for manifest in manifests}
        named = {ref for manifest in manifests for ref in KINDS[manifest.ref.kind].references(manifest.spec)}
        texts = json.dumps([case.live, case.declared, case.also], ensure_ascii=False)
        named |= {Ref(match["kind"], match["name"]) for match in REFERENCE.finditer(texts)}
        self._names = {arn_of(ref): f"${{{ref}.arn}}" for ref in named | own}
        self._names |= {id_of(ref): f"${{{ref}.id}}" for ref in named | own if not is_by_name(ref)}
        listed = {kind.id_and_arn(item)[0] for kind in KINDS.values() for item in self._resources(kind)}
        # A slash is in the names of parts and in paths alone.
        above = {way for ref in named for way in refs_above(ref)}
        others = {ref for ref in named if "/" not in ref.name or has_path(ref)} | above
        self._others = {ref for ref in others - own if id_of(ref) not in listed}

    @property
    def unread(self) -> set[str]:
        """The operations whose answers no stage read."""
        return {operation for operation, _, _ in self._limited()} - self.read_operations

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]:
        answer = self._answer(operation, params)
        if answer is None and (other := self._named_other(operation, params)):
            return other
        if answer is None and (new := self._new(operation, params)) is not None:
            return new
        describes = self._kind.reading.by_name and self._kind.reading.describe
        if describes and describes[0] == operation and self._is_deleted:
            answer = None
        waits = self._kind.writing.wait and describes_of(self._kind) == operation
        if waits and self._is_deleted:
            raise CallError(operation, "NotFound", "it was deleted", fate=Fate.REFUSED, meaning=Meaning.GONE)
        if answer is None and self._kind.reading.undescribed and describes_of(self._kind) == operation:
            raise CallError(operation, min(self._kind.reading.undescribed), "it has no ARN", fate=Fate.REFUSED)
        others = {kind.tagging.read for kind in KINDS.values() if kind.service is not self._kind.service}
        if answer is None and operation in others:
            return {}
        is_valueless = answer is None and operation == "GetSecretValue"
        if is_valueless or (not answer and self._is_missing(service, operation, params)):
            raise CallError(operation, "NotFound", "it does not exist", fate=Fate.REFUSED, meaning=Meaning.GONE)
        if answer is None and self._kind.reading.describe and self._kind.reading.describe[0] == operation:
            answer = {self._kind.reading.describe[1]: self._described(params)}
        assert answer is not None, f"the case has no answer of {operation}"
        return answer

    def _new(self, operation: str, params: Params) -> dict[str, Any] | None:
        """Returns a resource that the run has created: it is ready at once."""
        for kind in self._created:
            if describes_of(kind) == operation and (kind.writing.wait or kind is self._kind):
                member, ready = (kind.reading.describe or ("", ""))[1], ready_members(kind)
                if not member or kind.reading.by_name:
                    return {member: {**params, **ready}} if member else ready
        return None

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[Any]:
        answer = self._answer(operation, params)
        parts = self._kind.parts
        if answer is None and parts and parts.bulk and operation == parts.listing.operation:
            every = (self._answer(parts.bulk.operation, params) or {})[parts.bulk.items]
            answer = {
                items: [
                    part for part in every if part[self._kind.identity.id_param] == params[self._kind.identity.id_param]
                ]
            }
        bulk = {kind.reading.search.operation for kind in KINDS.values()}
        bulk |= {INDEX.operation, *(describes_of(kind) for kind in KINDS.values() if kind.reading.batch)}
        bulk |= {kind.tagging.read for kind in KINDS.values() if kind.service.tagging}
        assert answer is not None or operation in bulk, f"the case has no answer of {operation}"
        page = (answer or {}).get(items) or []
        looks = self._kind.writing.looks_before_create and operation == self._kind.reading.search.operation
        page = [] if looks and self._is_deleted else page
        # A search by tags finds none of the others: they are not of the stack.
        others = () if "SearchFilter" in params else self._of_others(operation)
        yield page if isinstance(page, dict) else [*page, *others]

    def write(self, service: str, operation: str, params: Params) -> Answer:
        self.calls.append({operation: self.readable(params)})
        if operation in (self._kind.writing.create, self._kind.writing.delete):
            self._is_deleted = operation == self._kind.writing.delete
        self._created |= {kind for kind in KINDS.values() if kind.writing.create == operation}
        makers = [
            kind
            for kind in KINDS.values()
            if (kind.service.name, kind.writing.create) == (service, operation)
            and kind.identity.id_param not in ("", *params)
        ]
        for kind in makers:
            if operation == "CreateContactFlowModuleVersion":
                module = params["ContactFlowModuleId"]
                return Answer({"ContactFlowModuleArn": f"{ACCOUNT}:flow-module/{module}", "Version": 9}, "")
            # The address is in a tag alone if the create chooses or nests, or if AWS has no name.
            in_tag = kind.writing.choice or kind.nests or is_local(kind.spec, "name")
            if in_tag and kind.ownership is Ownership.DECLARED:
                ref = Ref(kind.name, kind.called(params))
            else:
                tagged = ref_of(kind.tags_of(params)[ADDRESS]) if in_tag else None
                # An item has its table and its key for a name.
                name = params[kind.param("name")] if kind.param("name") in params else kind.id_and_arn(params)[0]
                ref = tagged or Ref(kind.name, name)
            return Answer({kind.identity.id_param: id_of(ref), "Arn": arn_of(ref)}, "")
        publication = self._kind.writing.publication
        if publication and publication.operation == operation:
            return Answer({publication.member: "4"}, "")
        for kind in KINDS.values():
            if kind.reading.by_name and kind.writing.create == operation:
                return Answer({"Arn": arn_of(Ref(kind.name, params[kind.identity.id_param]))}, "")
        values = params.get("Values")
        cells = values if isinstance(values, list) else []
        done = [{key: cell[key] for key in PLACE if key in cell} for cell in cells]
        return Answer({"Successful": done, "Failed": []}, "")

    def delay(self, operation: str) -> float:
        return 0.0

    def counts(self) -> Mapping[str, int]:
        return {}

    def readable(self, value: Any) -> Any:
        """Returns a value with a reference in place of each id, and a hash in place of bytes."""
        match value:
            case HiddenText():
                return HIDDEN
            case CodeBytes():
                return value.code.as_json
            case bytes():
                return Content.of_bytes(value).as_json
            case str() if ARCHIVE.fullmatch(value):
                return f"{value.partition(':')[0]}:CodeSha256"
            case str():
                # The ARN of a resource begins with the ARN of its instance, so the longest comes first.
                for id, name in sorted(self._names.items(), key=lambda item: -len(item[0])):
                    value = value.replace(id, name)
                return str(value)
            case Mapping():
                return {key: self.readable(item) for key, item in value.items()}
            case list() | tuple():
                return [self.readable(item) for item in value]
            case _:
                return value

    def _limited(self) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
        """Yields each answer of the case with its operation and the parameters that it is limited to."""
        for key, answer in self._answers.items():
            match = ANSWER.fullmatch(key)
            assert match, key
            limits = [limit.split("=") for limit in (match["limits"] or "").split(", ") if limit]
            yield match["operation"], {name: with_ids(value) for name, value in limits}, answer

    def _answer(self, operation: str, params: Params) -> dict[str, Any] | None:
        """Returns the answer of the case. It is empty if the case has one for other parameters alone."""
        answers = [(limits, answer) for name, limits, answer in self._limited() if name == operation]
        fitting = [answer for limits, answer in answers if limits.items() <= params.items()]
        self.read_operations.add(operation)
        return dict(fitting[0]) if fitting else {} if answers else None

    def _described(self, params: Params) -> dict[str, Any]:
        """Returns a resource as the bulk read has it, if a description has no more than that."""
        kind = self._kind
        assert all(gap.listing for gap in kind.reading.details), f"the case has no answer of {kind.reading.describe}"
        live = [item for item in self._resources(kind) if kind.id_and_arn(item)[0] == params[kind.identity.id_param]]
        return dict(live[0]) if live else ready_members(kind)

    def _resources(self, kind: Kind[Any]) -> Iterator[dict[str, Any]]:
        """Yields the resources in the case's own answers to a bulk read. Some kinds list texts alone."""
        for operation, _, answer in self._limited():
            items = answer.get(kind.reading.search.items, ()) if operation == kind.reading.search.operation else ()
            yield from (item for item in items if isinstance(item, dict))

    def _named_other(self, operation: str, params: Params) -> dict[str, Any] | None:
        """Returns the description of another resource whose name is its id."""
        for ref in self._others:
            kind = KINDS.get(ref.kind)
            if not kind or not kind.reading.by_name:
                continue
            own, identified = kind.named(ref.name, SCOPE), {kind.identity.id_param: id_of(ref)}
            if kind.reading.locate and kind.reading.locate[0] == operation and own.items() <= params.items():
                return identified
            by = identified if kind.reading.locate else own
            if kind.reading.describe and kind.reading.describe[0] == operation and by.items() <= params.items():
                structure = {**own, "Arn": arn_of(ref)}
                return {kind.reading.describe[1]: structure} if kind.reading.describe[1] else structure
        return None

    def _is_missing(self, service: str, operation: str, params: Params) -> bool:
        """Returns whether a read by name is about a resource that the case does not have."""
        kinds = [kind for kind in KINDS.values() if kind.reading.by_name and kind.service.name == service]
        inside = [kind.parts.describe for kind in kinds if kind.parts]
        describes = [read for kind in kinds for read in (kind.reading.describe, kind.reading.locate)]
        return operation in {describe[0] for describe in (*describes, *inside) if describe}

    def _of_others(self, operation: str) -> Iterator[dict[str, str]]:
        for ref in sorted(self._others):
            if ref.kind in KINDS and KINDS[ref.kind].reading.search.operation == operation:
                kind = KINDS[ref.kind]
                named = {answered_name(kind.spec, kind.identity.key): ref.name, "Id": id_of(ref), "Arn": arn_of(ref)}
                yield named | (path_members(ref) if kind.nests else {})
