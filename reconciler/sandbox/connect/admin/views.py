"""Views: templates with a draft, a published content and versions, and the views that AWS manages.

AWS does not document its validation of templates. A published view needs a JSON object and actions [inferred].
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.connect.admin import model
from reconciler.sandbox.connect.admin.catalogue import VIEW
from reconciler.sandbox.connect.admin.editions import (
    COUNTED,
    DRAFT,
    LATEST,
    PUBLISHED,
    SAVED,
    VERSIONS,
    Chosen,
    Edition,
    Editions,
    Parent,
    checksum,
    current,
    without_contents,
)
from reconciler.sandbox.connect.admin.types import Holdings, Resource, Type
from reconciler.sandbox.connect.room import Answer, Params
from reconciler.sandbox.errors import invalid, not_found

SHA = "ViewContentSha256"
LARGEST_CONTENT = 400_000  # bytes [service model, in words]
# AWS's own views [admin guide: step-by-step guides]. Their templates are the sandbox's.
MANAGED = {name.lower(): name for name in ("Cards", "Confirmation", "Detail", "Form", "List")}


class Views(Editions):
    def create_view(self, params: Params) -> Answer:
        _refuse_wrong_content(params)
        view = self.new(VIEW, params)
        return self._answer_of_write(Parent(self.holdings(params), view), params["Status"], "CreateView")

    def describe_view(self, params: Params) -> Answer:
        """Describes a view. AWS's own must be named by their ARNs [service model]."""
        managed = f"arn:aws:connect:{self.region}:aws:view/"
        if params["ViewId"].startswith(managed):
            return self._managed_view(params)
        return self.answer_with(self.chosen(VIEW, params), "DescribeView")

    def update_view_content(self, params: Params) -> Answer:
        """Replaces the draft, and with the status PUBLISHED the published content too [service model]."""
        _refuse_wrong_content(params)
        parent = self.bare(VIEW, params)
        self.store(*parent, _edition(params["Content"]), is_published=params["Status"] == PUBLISHED)
        return self._answer_of_write(parent, params["Status"], "UpdateViewContent")

    def list_views(self, params: Params) -> Answer:
        """Lists views by type, then by name [service model]."""
        holdings, wanted = self.holdings(params), params.get("Type")
        _, members = model.rows("ListViews")
        rows = []
        if self.world.switches.built_ins and wanted in (None, "AWS_MANAGED"):
            for id, name in MANAGED.items():
                row = {"Id": id, "Arn": self._managed_arn(id), "Name": name, "Type": "AWS_MANAGED"}
                rows.append((f"AWS_MANAGED\x1f{id}", {**row, "Status": PUBLISHED}))
        if wanted in (None, "CUSTOMER_MANAGED"):
            for view in holdings.of(VIEW.name).values():
                row = self.answer_of(view, self.facts(holdings, view), members)
                rows.append((f"CUSTOMER_MANAGED\x1f{view.name.casefold()}\x1f{view.id}", row))
        return self.page_of("ListViews", params, [holdings.arn, wanted], rows)

    def search_views(self, params: Params) -> Answer:
        """Searches the views that AWS does not manage [inferred from the text of the member Type]."""
        answer = self.search_all(VIEW, "SearchViews", params)
        is_hidden = self.world.switches.searched_content == "left_out"
        return without_contents(answer, "Views") if is_hidden else answer

    def create_view_version(self, params: Params) -> Answer:
        """Freezes what is published. The same content gets no second version [service model]."""
        holdings, view, edition, _ = self.chosen(VIEW, params)
        if params.get(SHA) and params[SHA] != edition[SHA]:
            raise invalid(f"{SHA}: differs from that of the published content")
        parent, versions = Parent(holdings, view), view.links.get(VERSIONS, {})
        number = max(versions, default=0)
        if not versions or versions[number][SHA] != edition[SHA]:
            number = self.freeze(parent, edition, params.get("VersionDescription") or "")
        frozen = Chosen(holdings, view, view.links[VERSIONS][number], str(number))
        return self.answer_with(frozen, "CreateViewVersion")

    def delete_view_version(self, params: Params) -> Answer:
        parent = self.bare(VIEW, params)
        if params["ViewVersion"] not in parent.resource.links.get(VERSIONS, {}):
            raise not_found(f"{parent.resource.name!r} has no version {params['ViewVersion']}")
        self.thaw(parent, params["ViewVersion"])
        return {}

    def list_view_versions(self, params: Params) -> Answer:
        """Lists versions from the newest [service model]."""
        _, view = self.bare(VIEW, params)
        return self.versions_page(view, "ListViewVersions", params, newest_first=True)

    def kept_members(self, type: Type, members: dict[str, Any]) -> dict[str, Any]:
        members = super().kept_members(type, members)
        if type is not VIEW:
            return members
        edition = _edition(members["Content"])
        kept = {name: value for name, value in members.items() if name not in ("Content", "Status")}
        published = {LATEST: edition} if members["Status"] == PUBLISHED else {}
        return {**kept, "CreatedTime": self.world.now(), SAVED: edition, COUNTED: 0, **published}

    def facts(self, holdings: Holdings, resource: Resource) -> Answer:
        facts = super().facts(holdings, resource)
        return facts | current(resource) if resource.type is VIEW else facts

    def _answer_of_write(self, parent: Parent, status: str, operation: str) -> Answer:
        view = parent.resource
        state, qualifier = (LATEST, "") if status == PUBLISHED else (SAVED, DRAFT)
        return self.answer_with(Chosen(*parent, view.members[state], qualifier), operation)

    def _managed_arn(self, id: str) -> str:
        return f"arn:aws:connect:{self.region}:aws:view/{id}:1"

    def _managed_view(self, params: Params) -> Answer:
        """Returns a view that AWS manages; version 1 is assumed [service model]."""
        self.holdings(params)
        id, _, version = params["ViewId"].rpartition("/")[2].partition(":")
        if id not in MANAGED or version not in ("", "1", "$LATEST"):
            raise not_found(f"no view {params['ViewId']}")
        content = _edition({"Template": "{}", "Actions": ["Next"]})
        named = {"Id": id, "Arn": self._managed_arn(id), "Name": MANAGED[id], "Type": "AWS_MANAGED"}
        return {"View": {**named, **content, "Status": PUBLISHED, "Version": 1}}


def _edition(content: Mapping[str, Any]) -> Edition:
    # "The runtime input schema, which is auto-generated" [service model]; what it says is inferred.
    whole = {**content, "InputSchema": json.dumps({"type": "object"})}
    return {"Content": whole, SHA: checksum(content)}


def _refuse_wrong_content(params: Params) -> None:
    content = params["Content"]
    template, actions = content.get("Template"), content.get("Actions")
    if len(json.dumps(content).encode()) > LARGEST_CONTENT:
        raise invalid(f"Content: must have at most {LARGEST_CONTENT} bytes")
    if params["Status"] == PUBLISHED and (not template or actions is None):
        raise invalid("Content: a published view needs Template and Actions")
    if template and not _is_object(template):
        raise invalid("Content.Template: must be a JSON object")


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
