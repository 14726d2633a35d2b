"""Assistants: created and deleted asynchronously, and never changed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from reconciler.sandbox import paging
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.qconnect.backend import Assistant
from reconciler.sandbox.qconnect.sessions import Answer, Params, Sessions

PAGE = 100
TAGS = 50  # of a resource [tagging guide]
OWN = ("name", "type", "description", "serverSideEncryptionConfiguration")


class Assistants(Sessions):
    def create_assistant(self, params: Params) -> Answer:
        """Creates an assistant. Two may have one name [inferred: ConflictException is for client tokens].

        The same request with its ClientToken is answered as before [service model: idempotency].
        """
        self._end_deletions()
        token = params.get("clientToken")
        known = next((it for it in self.backend.assistants.values() if token and it.token == token), None)
        if known and self.world.switches.client_tokens == "honoured":
            return {"assistant": self._shown_assistant(known)}
        tags = dict(params.get("tags") or {})
        _refuse_tags(tags)
        members = {name: params[name] for name in OWN if params.get(name) is not None}
        fault = self.world.faults.creation
        ready = self.world.accepted + (fault.calls if fault else 0)
        assistant = Assistant(str(uuid4()), members, tags, ready, bool(fault and fault.fails), token)
        self.backend.assistants[assistant.id] = assistant
        return {"assistant": self._shown_assistant(assistant)}

    def get_assistant(self, params: Params) -> Answer:
        return {"assistant": self._shown_assistant(self._assistant(params["assistantId"]))}

    def list_assistants(self, params: Params) -> Answer:
        self._end_deletions()
        rows = [(it.id, self._shown_assistant(it)) for it in self.backend.assistants.values()]
        token, size = {"NextToken": params.get("nextToken")}, int(params.get("maxResults") or PAGE)
        try:
            listing = paging.open_listing("qconnect:ListAssistants", token, fixed={}, size=size)
        except Refused as refused:
            raise Refused("ValidationException", refused.message) from refused
        page, rest = paging.cut(self.world, listing, rows)
        return {"assistantSummaries": page} | ({"nextToken": rest["NextToken"]} if rest else {})

    def delete_assistant(self, params: Params) -> Answer:
        """Begins a deletion, also of an assistant that an instance uses [service model: no error is listed]."""
        assistant = self._assistant(params["assistantId"])
        if assistant.deleted_after is None:
            assistant.deleted_after = self.world.accepted + self.world.faults.deletion
        return {}

    def list_tags_for_resource(self, params: Params) -> Answer:
        return {"tags": dict(self._tagged(params).tags)}

    def tag_resource(self, params: Params) -> Answer:
        assistant = self._tagged(params)
        tags = {**assistant.tags, **params["tags"]}
        _refuse_tags(tags)
        assistant.tags = tags
        return {}

    def untag_resource(self, params: Params) -> Answer:
        assistant = self._tagged(params)
        assistant.tags = {key: text for key, text in assistant.tags.items() if key not in params["tagKeys"]}
        return {}

    def arn_of(self, assistant: Assistant) -> str:
        place = f"{self.backend.region_name}:{self.backend.account_id}"
        return f"arn:{self.backend.partition}:wisdom:{place}:assistant/{assistant.id}"

    def _tagged(self, params: Params) -> Assistant:
        return self._assistant(params["resourceArn"].rpartition("/")[2])

    def _assistant(self, given: str) -> Assistant:
        self._end_deletions()
        id = self._id("assistantId", given)
        if id not in self.backend.assistants:
            raise Refused("ResourceNotFoundException", f"no assistant {id}")
        return self.backend.assistants[id]

    def _end_deletions(self) -> None:
        for id, assistant in list(self.backend.assistants.items()):
            if assistant.deleted_after is not None and self.world.accepted > assistant.deleted_after:
                del self.backend.assistants[id]

    def _shown_assistant(self, assistant: Assistant) -> dict[str, Any]:
        tags = {"tags": dict(assistant.tags)} if assistant.tags else {}
        identity = {"assistantId": assistant.id, "assistantArn": self.arn_of(assistant)}
        return {**identity, **assistant.members, **tags, "status": self._status(assistant)}

    def _status(self, assistant: Assistant) -> str:
        if assistant.deleted_after is not None:
            return "DELETE_IN_PROGRESS"
        if self.world.accepted <= assistant.ready_after and self.world.faults.creation:
            self.world.counts.served("creation")
            return "CREATE_IN_PROGRESS"
        return "CREATE_FAILED" if assistant.fails else "ACTIVE"


def _refuse_tags(tags: dict[str, str]) -> None:
    """Refuses reserved and too many tags. The code for reserved ones is inferred."""
    if any(key.lower().startswith("aws:") for key in tags):
        raise Refused("ValidationException", "tags: keys that begin with aws: are reserved")
    if len(tags) > TAGS:
        raise Refused("TooManyTagsException", f"An assistant has at most {TAGS} tags.")
