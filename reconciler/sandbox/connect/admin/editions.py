"""Content with a draft, a published state and versions, as flows, flow modules and views have it.

An edition is one state of the content: the members that a version freezes. Members of a resource name two: `SAVED` is
the draft, `LATEST` the published one. Names and state do not belong to an edition, so they change at once [inferred].
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from reconciler.sandbox import shapes
from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.resources import Resources
from reconciler.sandbox.connect.admin.types import Holdings, Resource, Type
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import Refused, not_found

SAVED, LATEST = "Saved", "Latest"
VERSIONS, ALIASES = "versions", "aliases"
DRAFT = "$SAVED"
COUNTED = "LastVersion"
MOST_VERSIONS = 10**9 - 1
PUBLISHED, UNPUBLISHED = "PUBLISHED", "SAVED"

Edition = dict[str, Any]


class Qualified(NamedTuple):
    """The id or ARN of a request, and what follows its colon."""

    base: str
    qualifier: str


class Chosen(NamedTuple):
    """The edition that a request names, with its resource."""

    holdings: Holdings
    resource: Resource
    edition: Edition
    qualifier: str


class Parent(NamedTuple):
    """A resource with versions, and those beside it."""

    holdings: Holdings
    resource: Resource


class Editions(Resources):
    def bare(self, type: Type, params: Params) -> Parent:
        """Returns the resource of a request, by its id or ARN without a qualifier."""
        return Parent(*self.one(type, params))

    def chosen(self, type: Type, params: Params) -> Chosen:
        """Returns the edition that `<id>`, `<id>:$SAVED`, `<id>:$LATEST`, `<id>:<version>` or `<id>:<alias>` names."""
        base, qualifier = qualified(params[type.key])
        holdings, resource = self.one(type, {**params, type.key: base})
        alias = resource.links.get(ALIASES, {}).get(qualifier)
        number = str(alias["Version"]) if alias else qualifier
        match number:
            case "$SAVED":
                edition = resource.members.get(SAVED)
            case "" | "$LATEST":
                edition = resource.members.get(LATEST)
                if edition is None:
                    raise _unpublished(resource)
            case _:
                edition = resource.links.get(VERSIONS, {}).get(int(number)) if number.isdecimal() else None
        if edition is None:
            raise not_found(f"{type.noun} {base} has no {qualifier!r}")
        return Chosen(holdings, resource, edition, number)

    def store(self, holdings: Holdings, resource: Resource, edition: Mapping[str, Any], is_published: bool) -> None:
        """Stores an edition. Publishing also replaces the draft [service model, of views]."""
        published = {LATEST: dict(edition)} if is_published else {}
        self.change(holdings, resource, {**resource.members, SAVED: dict(edition), **published})

    def answer_with(self, chosen: Chosen, operation: str) -> Answer:
        """Returns the answer of an operation that shows one edition."""
        member, members = model.whole(operation)
        return {member: self.answer_of(chosen.resource, self.facts_of(chosen), members)}

    def facts_of(self, chosen: Chosen) -> Answer:
        """Returns everything that an answer may show of a resource at one edition."""
        facts = self.facts(chosen.holdings, chosen.resource)
        facts |= chosen.edition | {"Status": self.status_of_edition(chosen)}
        if chosen.qualifier.isdecimal():
            facts["Version"] = int(chosen.qualifier)
        return facts

    def status_of_edition(self, chosen: Chosen) -> str:
        """Returns SAVED for a draft that differs from what is published [inferred], or for every draft; a switch."""
        if chosen.qualifier != DRAFT:
            return PUBLISHED
        differs = chosen.edition != chosen.resource.members.get(LATEST)
        return UNPUBLISHED if differs or self.world.switches.draft_status == "SAVED" else PUBLISHED

    def freeze(self, parent: Parent, edition: Edition, description: str) -> int:
        """Keeps an edition as the next version, and returns its number. Numbers only rise [service model]."""
        number: int = parent.resource.members.get(COUNTED, 0) + 1
        self.change(parent.holdings, parent.resource, {**parent.resource.members, COUNTED: number})
        frozen = {**edition, "VersionDescription": description, **self.stamp(self.world.now())}
        versions = parent.resource.links.get(VERSIONS, {})
        parent.resource.links[VERSIONS] = {**versions, number: frozen}
        return number

    def thaw(self, parent: Parent, number: int) -> None:
        """Deletes a version."""
        self.change(*parent)
        versions = parent.resource.links[VERSIONS]
        parent.resource.links[VERSIONS] = {key: value for key, value in versions.items() if key != number}

    def keep_alias(self, parent: Parent, id: str, alias: Mapping[str, Any]) -> None:
        self.change(*parent)
        aliases = parent.resource.links.get(ALIASES, {})
        parent.resource.links[ALIASES] = {**aliases, id: {**alias, **self.stamp(self.world.now())}}

    def versions_page(self, resource: Resource, operation: str, params: Params, newest_first: bool) -> Answer:
        """Returns one page of the versions of a resource."""
        _, members = model.rows(operation)
        rows = []
        for number, edition in resource.links.get(VERSIONS, {}).items():
            facts = self.facts_of(Chosen(self.holdings(params), resource, edition, str(number)))
            facts |= {"Arn": f"{resource.arn}:{number}", "Id": f"{resource.id}:{number}"}
            order = MOST_VERSIONS - number if newest_first else number
            rows.append((f"{order:09}", self.answer_of(resource, facts, members)))
        return self.page_of(operation, params, [resource.arn], rows)


def _unpublished(resource: Resource) -> Refused:
    """Returns the error for a plain read of what was never published. Only flows have one of their own."""
    own = "ContactFlowNotPublishedException"
    is_modelled = own in shapes.errors_of(model.SERVICE, f"Describe{resource.type.name}")
    message = f"{resource.name!r} was never published; its draft is {resource.id}:{DRAFT}"
    return Refused(own, message) if is_modelled else not_found(message)


def current(resource: Resource) -> Edition:
    """Returns what lists and searches show: the published edition, or the draft of what was never published."""
    edition: Edition = resource.members.get(LATEST) or resource.members.get(SAVED) or {}
    status = PUBLISHED if resource.members.get(LATEST) else UNPUBLISHED
    return {**edition, "Status": status}


def qualified(given: str) -> Qualified:
    """Splits `<id>:<qualifier>`, also behind an ARN."""
    head, slash, last = given.rpartition("/")
    id, _, qualifier = last.partition(":")
    return Qualified(f"{head}{slash}{id}", qualifier)


def checksum(content: Any) -> str:
    """Returns the SHA-256 of a content; which bytes AWS hashes is inferred."""
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def without_contents(answer: Answer, rows: str) -> Answer:
    """Returns a search's answer without contents and their checksums."""
    kept = []
    for row in answer[rows]:
        kept.append({name: value for name, value in row.items() if name != "Content" and "Sha256" not in name})
    return {**answer, rows: kept}
