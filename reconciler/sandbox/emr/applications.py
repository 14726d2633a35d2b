"""Applications: created asynchronously, changed only while they rest, and listed after their end."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from reconciler.sandbox import paging
from reconciler.sandbox.emr.backend import Application, EmrBackend
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
PAGE = 50
TAGS = 50  # of a resource [tagging guide]
TYPES = {"SPARK": "Spark", "HIVE": "Hive"}  # as answers spell them [seen: moto; terraform-provider-aws]
RESTING = ("CREATED", "STOPPED")
# The defaults of AWS [service model, of each].
DEFAULTS: dict[str, Any] = {
    "architecture": "X86_64",
    "autoStartConfiguration": {"enabled": True},
    "autoStopConfiguration": {"enabled": True, "idleTimeoutMinutes": 15},
}
LISTED = ("name", "releaseLabel", "type", "architecture", "arn", "state", "createdAt", "updatedAt")


class Applications:
    def __init__(self, world: World, backend: EmrBackend) -> None:
        self.world = world
        self.backend = backend

    def create_application(self, params: Params) -> Answer:
        """Creates an application. Two may have one name [seen: moto]; the same token brings the same one."""
        token = params["clientToken"]
        known = next((it for it in self.backend.applications.values() if it.token == token), None)
        if known and self.world.switches.client_tokens == "honoured":
            return self._named(known)
        if params["type"].upper() not in TYPES:
            raise invalid(f"Application type {params['type']} is not supported.")
        tags = _tags_after({}, params.get("tags") or {})
        members = _given(params) | {"type": TYPES[params["type"].upper()]}
        now, fault = self.world.now(), self.world.faults.creation
        ready = self.world.accepted + fault.calls if fault else -1
        id = f"00{uuid4().hex[:14]}"
        application = Application(id, {**DEFAULTS, **members}, "CREATED", now, now, ready, token, tags)
        self.backend.applications[id] = application
        return self._named(application)

    def get_application(self, params: Params) -> Answer:
        return {"application": self._shown_application(self._application(params["applicationId"]))}

    def list_applications(self, params: Params) -> Answer:
        """Lists applications, also those that are TERMINATED [service model: it is one of the states]."""
        wanted = params.get("states") or []
        rows = []
        for id, application in self.backend.applications.items():
            members = self._shown_application(application)
            if not wanted or members["state"] in wanted:
                rows.append((id, {"id": id, **{name: members[name] for name in LISTED if name in members}}))
        token, size = {"NextToken": params.get("nextToken")}, int(params.get("maxResults") or PAGE)
        fixed = {"states": wanted}
        try:
            listing = paging.open_listing("emr-serverless:ListApplications", token, fixed=fixed, size=size)
        except Refused as refused:
            raise invalid(refused.message) from refused
        page, rest = paging.cut(self.world, listing, rows)
        # Tokens have letters, digits, `_`, `=` and `-` [service model].
        return {"applications": page} | ({"nextToken": rest["NextToken"]} if rest else {})

    def update_application(self, params: Params) -> Answer:
        """Changes what the request has, "in a stopped or created state" [service model]."""
        application = self._resting(params["applicationId"], "updated")
        application.members |= _given(params)
        application.updated = self.world.now()
        return {"application": self._shown_application(application)}

    def delete_application(self, params: Params) -> Answer:
        self._resting(params["applicationId"], "deleted").state = "TERMINATED"
        return {}

    def start_application(self, params: Params) -> Answer:
        self._resting(params["applicationId"], "started").state = "STARTED"
        return {}

    def stop_application(self, params: Params) -> Answer:
        self._application(params["applicationId"]).state = "STOPPED"
        return {}

    def list_tags_for_resource(self, params: Params) -> Answer:
        return {"tags": dict(self._tagged(params).tags)}

    def tag_resource(self, params: Params) -> Answer:
        application = self._tagged(params)
        application.tags = _tags_after(application.tags, params["tags"])
        return {}

    def untag_resource(self, params: Params) -> Answer:
        application = self._tagged(params)
        application.tags = {key: text for key, text in application.tags.items() if key not in params["tagKeys"]}
        return {}

    def _tagged(self, params: Params) -> Application:
        return self._application(params["resourceArn"].rpartition("/")[2])

    def _application(self, id: str) -> Application:
        if id not in self.backend.applications:
            raise Refused("ResourceNotFoundException", f"Application {id} does not exist.")
        return self.backend.applications[id]

    def _resting(self, id: str, what: str) -> Application:
        """Returns an application that may be changed. One that was deleted is missing [inferred]."""
        application = self._application(id)
        state = self._state(application)
        if state == "TERMINATED":
            raise Refused("ResourceNotFoundException", f"Application {id} is terminated.")
        if state not in RESTING:
            raise invalid(f"Application {id} must be in one of the states [CREATED, STOPPED] to be {what}.")
        return application

    def _state(self, application: Application) -> str:
        if self.world.accepted <= application.ready_after:
            self.world.counts.served("creation")
            return "CREATING"
        return application.state

    def _named(self, application: Application) -> Answer:
        name = {"name": application.members["name"]} if "name" in application.members else {}
        return {"applicationId": application.id, "arn": self.backend.arn(application.id), **name}

    def _shown_application(self, application: Application) -> Answer:
        tags = {"tags": dict(application.tags)} if application.tags else {}
        times = {"createdAt": application.created, "updatedAt": application.updated}
        own = {"applicationId": application.id, "arn": self.backend.arn(application.id)}
        return {**application.members, **own, **times, **tags, "state": self._state(application)}


def _given(params: Params) -> dict[str, Any]:
    apart = ("clientToken", "tags", "applicationId")
    return {name: value for name, value in params.items() if name not in apart and value is not None}


def _tags_after(known: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """Returns the tags after others were added. The codes are inferred: the model has no other."""
    tags = {**known, **new}
    if any(key.lower().startswith("aws:") for key in tags):
        raise invalid("Tag keys that begin with aws: are reserved.")
    if len(tags) > TAGS:
        raise invalid(f"An application has at most {TAGS} tags.")
    return tags


def invalid(message: str) -> Refused:
    return Refused("ValidationException", message)
