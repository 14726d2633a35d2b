"""How a kind recognises live resources: their ids, names and tags in AWS's answers, and their state."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar

from reconciler.kinds.fields import Names, named_in, worth_saying
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.translation import S, Translation
from reconciler.kinds.verbs import Listing
from reconciler.model import Read, Ref, Scope


class Recognition(Translation[S]):
    """Finds the resources of one kind in AWS's answers, by the kind's three tables. A kind may override each method."""

    identity: ClassVar[Identity]
    reading: ClassVar[Reading]
    writing: ClassVar[Writing]

    nests: ClassVar[bool] = False  # Names are paths: `A/B` lies below `A`, and AWS knows it as `B`.

    def references(self, spec: S) -> Iterator[Ref]:
        """Yields what a resource refers to: its container, and the targets of its fields."""
        if container := self.container(spec):
            yield container
        yield from named_in(spec)

    def container(self, spec: S) -> Ref | None:
        """Returns the resource that contains this one and is deleted with it, if its name says so."""
        return None

    def container_of(self, name: str) -> Ref:
        """Returns the container of a resource that is named CONTAINER/NAME, for kinds with `Reading.container`."""
        return Ref(self.reading.container[0], name.rpartition("/")[0])

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        """Returns the parameters by which calls, or `Reading.locate`, identify the resource of a name.

        Only kinds that are read by name need it.
        """
        return {self.identity.id_param: name}

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the parameters by which calls identify a live resource."""
        named = {self.param(f): members[self.param(f)] for f in self.identity.with_fields}
        return {**({self.identity.id_param: self.id_and_arn(members)[0]} if self.identity.id_param else {}), **named}

    def arn_of(self, id: str, scope: Scope) -> str:
        """Returns the ARN that follows from the id; "" if only AWS knows it."""
        place = {"partition": scope.partition, "region": scope.region, "account": scope.account}
        return self.identity.arn.format(id=id, **place)

    def id_within(self, arn: str) -> str:
        """Returns the id in an ARN of this kind; "" if it is another kind's."""
        words = dict.fromkeys(("partition", "region", "account"), "[^:]*")
        pattern = re.escape(self.identity.arn).replace(r"\{", "{").replace(r"\}", "}").format(id="(?P<id>.+)", **words)
        match = re.fullmatch(pattern, arn)
        return match["id"] if match else ""

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns id and ARN, whatever the answers call them. The ARN is empty if there is none."""
        stem = self.identity.id_param.removesuffix("Id")
        id = members.get("Id") or members.get(self.identity.id_param) or ""
        arns = (members.get(name) for name in ("Arn", f"{stem}Arn", f"{stem}ARN"))
        return str(id), str(next(filter(None, arns), ""))

    def stream_of(self, members: Mapping[str, Any]) -> str:
        """Returns the ARN of the stream of a table's changes, from any answer with it; "" without one."""
        return ""

    def unready(self, members: Mapping[str, Any]) -> str:
        """Returns why a live resource cannot be used yet, or ever; empty if it can."""
        if not (settle := self.writing.wait) or settle.is_done(members):
            return ""
        if (status := settle.state(members)) is None:
            return ""
        return f"its creation failed: {settle.why(members)}" if status in settle.failed else f"is still {status}"

    def is_moving(self, members: Mapping[str, Any]) -> bool:
        """Returns whether AWS has not finished an earlier call on the live resource: it is neither done nor failed."""
        return self.writing.wait is not None and self.writing.wait.is_moving(members)

    def serves(self, name: str, scope: Scope) -> Ref | None:
        """Returns the resource for which this tool has created the one of a name; `None` if there is none."""
        return None

    def tagged_by(self, owner: str) -> dict[str, Any]:
        """Returns the filter with which `Reading.candidates` lists the resources of a stack in an environment."""
        return {}

    def is_leaving(self, members: Mapping[str, Any]) -> bool:
        """Returns whether AWS will delete a live resource by itself, so that it counts only where it is declared."""
        return False

    def waiting(self, members: Mapping[str, Any]) -> str:
        """Returns what a live resource waits for, if AWS neither shows nor changes its settings until then."""
        return ""

    def lasting(self, members: Mapping[str, Any]) -> str:
        """Returns why AWS never deletes this resource; empty if it can be deleted."""
        return ""

    def holds(self, members: Mapping[str, Any]) -> str:
        """Returns how much a live resource holds, for plans that delete it, such as "12 messages"; empty if unknown."""
        return ""

    def decided(self, members: Mapping[str, Any]) -> Mapping[str, str]:
        """Returns the fields of a live resource that something else decides, such as a policy, and why."""
        return {}

    def tags_of(self, members: Mapping[str, Any]) -> dict[str, str]:
        """Returns the tags in an answer, whatever their form is; none in a service without tags."""
        tagging = self.service.tagging
        return tagging.decode(members.get(tagging.create)) if tagging else {}

    def with_tags(self, members: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
        """Returns an answer with other tags."""
        return {**members, **({self.tagging.create: dict(tags)} if self.service.tagging else {})}

    def key_of(self, spec: S) -> str:
        """Returns the key that finds a declared resource among live ones without this tool's address tag.

        It may be a text with references.
        """
        key = getattr(spec, self.identity.key) if self.identity.key else ""
        return key if isinstance(key, str) else str(key)

    def above(self, name: str) -> Ref | None:
        """Returns the resource that a name which is a path leads through; `None` if it leads through none."""
        way = name.rpartition("/")[0] if self.nests else ""
        return Ref(self.name, way) if way else None

    def ids_above(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the ids of the live resources above this one, from the top, for a kind that nests."""
        return ()

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the keys that a live resource can be found by; below `ids_above` if the kind nests."""
        return (str(members.get(self.answered(self.identity.key), "")),) if self.identity.key else ("",)

    def listed_name(self, spec: S) -> str:
        """Returns the name by which `Reading.lookup` lists a declared resource."""
        return self.key_of(spec)

    def is_placed(self, spec: S, members: Mapping[str, Any], names: Names) -> bool:
        """Returns whether a live resource with the listed name also has the path of the declared one."""
        return True

    def called(self, members: Mapping[str, Any]) -> str:
        """Returns the name of a live resource that is not declared."""
        return self.keys_of(members)[0] or self.name

    def in_one_form(self, live: S, declared: S | None = None) -> S:
        """Returns a live spec in the form (`Writing.forms`) that is declared, or else in the one that says all."""
        forms = self.writing.forms
        used = [form for form in forms if declared is not None and any(self._has(declared, f) for f in form)]
        left = frozenset[str]().union(*forms) - (used[0] if used else self.form_of(live))
        defaults = {f: self.spec.model_fields[f].get_default(call_default_factory=True) for f in left}
        return live.model_copy(update=defaults) if left else live

    def instance_of(self, members: Mapping[str, Any]) -> str:
        """Returns the ARN of the instance that has a live resource; empty if the answer does not say it."""
        return ""

    def of_structure(self, read: Read, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the answer of a describe, of the resource or of a detail, as members: AWS nests some of them."""
        return answer

    def of_search(self, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns an item of the bulk read in the form of describe, where AWS gives the two different forms."""
        return members

    def items_in(self, answer: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Returns the resources in an item of the bulk read: itself, or the items of its list (`Membership`)."""
        return (answer,)

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """Returns whether an item of the bulk read is a resource, and not an internal entry of AWS."""
        return True

    def searches(self, declared: Collection[S], everything: bool) -> Iterable[Listing]:
        """Returns the bulk reads for the declared resources, or for everything."""
        return (self.reading.search,)

    def read_params(self, read: Read, own: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the parameters with which the read of a structure is about one resource."""
        return own

    def detail_params(self, read: Read, own: Mapping[str, Any], arn: str) -> Mapping[str, Any]:
        """Returns the parameters with which the listing of a detail is about one resource."""
        return {read.arns: [arn]} if read.arns else own

    def detail_members(self, read: Read, items: list[Any]) -> Mapping[str, Any]:
        """Returns the items of a detail's listing as members of an answer."""
        return {self.answered(read.fills[0]): items}

    def form_of(self, live: S) -> frozenset[str]:
        """Returns the fields of the form (`Writing.forms`) that says all of a live resource's settings."""
        return self.writing.forms[0] if self.writing.forms else frozenset()

    def _has(self, spec: S, field: str) -> bool:
        return worth_saying(self.spec, field, getattr(spec, field))
