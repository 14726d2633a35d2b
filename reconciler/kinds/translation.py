"""The translation of a kind: a spec into the parameters of calls, and an AWS answer into a spec."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Generic, TypeVar, cast

from reconciler.kinds.fields import (
    Names,
    answered,
    answered_name,
    aws_name,
    cannot_be_blank,
    decode,
    encode,
    is_local,
    is_present,
    nested,
)
from reconciler.kinds.marks import clearing_value, hash_tags, is_attribute, number_tags, text_tags
from reconciler.kinds.service import Service, Tagging
from reconciler.kinds.verbs import Parts
from reconciler.model import Content, Resource, Spec

S = TypeVar("S", bound=Resource)
AS_IN_CREATES: Mapping[str, str] = MappingProxyType({})
ATTRIBUTES = "Attributes"  # the parameter of Amazon SQS and Amazon SNS with a map of texts


class Translation(Generic[S]):
    """Translates specs and answers of one kind, by the marks of the spec's fields and the names of its service.

    A kind may override `read_field`, `write_field` and `from_aws`, for forms of AWS that differ from the manifest's.
    """

    spec: ClassVar[type[Resource]]
    service: ClassVar[Service]
    parts: ClassVar[Parts | None] = None

    @property
    def name(self) -> str:
        return self.spec.__name__

    @property
    def tagging(self) -> Tagging:
        """How AWS tags a resource of this kind."""
        if self.service.tagging is None:
            raise TypeError(f"{self.name} belongs to a service without tags")
        return self.service.tagging

    def to_aws(self, spec: S, fields: Collection[str], names: Mapping[str, str] = AS_IN_CREATES) -> dict[str, Any]:
        """Returns the parameters of fields. `names` has those that an operation calls otherwise than creates do."""
        params, attributes = dict[str, Any](), dict[str, Any]()
        for f in self.spec.model_fields:
            if f in fields and self._is_sent(f):
                value = getattr(spec, f)
                written = clearing_value(self.spec, f) if value is None else value
                if self._is_sayable(f, written):
                    place = attributes if is_attribute(self.spec, f) else params
                    place[names.get(f) or self.param(f)] = self.write_field(f, self._encode(f, written))
        return {**params, **({ATTRIBUTES: attributes} if attributes else {})}

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> S:
        """Returns the spec of AWS's answer.

        `answer` holds parts and members under the names of their fields. `name` is the name in the manifests, for kinds
        whose resources have no name at AWS. Raises pydantic's `ValidationError`.
        """
        fields: dict[str, Any] = {"name": name} if name else {}
        for field, key, _ in answered(self.spec, self.service.casing):
            value = answer.get(self.tagging.create if field == "tags" else key)
            if field == "tags" and value is not None:
                value = self.tagging.decode(value)
            if not is_local(self.spec, field) and is_present(self.spec, field, value):
                fields[field] = self._decode(field, self.read_field(field, value), names)
        return cast(S, self.spec.model_validate(fields))

    def with_kept(self, members: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
        """Returns an answer with what the resource's tags keep: hashes of contents, texts and numbers."""
        kept: dict[str, Any] = {}
        for field, tag in hash_tags(self.spec).items():
            if tag in tags:
                kept[self.answered(field)] = Content(tags[tag])
        for field, tag in text_tags(self.spec).items():
            if tag in tags:
                kept[self.answered(field)] = tags[tag]
        for field, tag in number_tags(self.spec).items():
            if tags.get(tag, "").isdecimal():
                kept[self.answered(field)] = int(tags[tag])
        return {**members, **kept}

    def kept_of(self, spec: S) -> dict[str, str]:
        """Returns the tags with what AWS never returns of a spec."""
        contents = {tag: getattr(spec, field) for field, tag in hash_tags(self.spec).items()}
        texts = {tag: getattr(spec, field) for field, tag in text_tags(self.spec).items()}
        numbers = {tag: getattr(spec, f) for f, tag in number_tags(self.spec).items() if f in spec.model_fields_set}
        kept = {tag: str(number) for tag, number in numbers.items()}
        kept |= {tag: content.sha256 for tag, content in contents.items() if content}
        return kept | {tag: text for tag, text in texts.items() if text}

    def part_from_aws(self, answer: Mapping[str, Any], names: Names) -> Spec:
        inner = nested(self.spec, self._parts.field)
        assert inner, f"{self.name}.{self._parts.field} holds no specs"  # noqa: S101 (a kind's table is wrong)
        (read,) = self.read_field(self._parts.field, [dict(answer)])
        return inner.model_validate(self._decode(self._parts.field, read, names))

    def read_field(self, field: str, value: Any) -> Any:
        """Returns AWS's value in the form that `decode` expects: PascalCase keys, ids."""
        return value

    def write_field(self, field: str, value: Any) -> Any:
        """Returns a value of `encode` in the form that AWS expects."""
        return value

    def param(self, field: str) -> str:
        return aws_name(self.spec, field, self.service.casing)

    def answered(self, field: str) -> str:
        """Returns the member of an answer that holds the field."""
        return answered_name(self.spec, field, self.service.casing)

    @property
    def _parts(self) -> Parts:
        if self.parts is None:
            raise TypeError(f"{self.name} has no parts")
        return self.parts

    def _encode(self, field: str, value: Any) -> Any:
        return encode(self.spec, field, value, self.service.casing)

    def _decode(self, field: str, value: Any, names: Names) -> Any:
        return decode(self.spec, field, value, names, self.service.casing)

    def _is_sent(self, field: str) -> bool:
        return not is_local(self.spec, field) and field not in number_tags(self.spec)

    def _is_sayable(self, field: str, value: Any) -> bool:
        return value is not None and not (value == "" and cannot_be_blank(self.spec, field))
