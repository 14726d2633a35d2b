"""Sessions: seeded, since Connect creates one for each contact whose flow has an assistant block; read and written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from reconciler.sandbox import shapes
from reconciler.sandbox.errors import Refused, WrongSetting
from reconciler.sandbox.qconnect.backend import QConnectBackend, Session
from reconciler.sandbox.world import World

Params = dict[str, Any]
Answer = dict[str, Any]
SERVICE = "qconnect"
NAMESPACE = "Custom"
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Sessions:
    def __init__(self, world: World, backend: QConnectBackend) -> None:
        self.world = world
        self.backend = backend

    def seed_session(self, given: Mapping[str, Any]) -> str:
        """Stores a session with the given of GetSession and returns its id. Raises `WrongSetting`."""
        members = dict(given)
        assistant, id = members.pop("assistantId", None), members.setdefault("sessionId", str(uuid4()))
        if not isinstance(assistant, str) or not ID.fullmatch(assistant):
            raise WrongSetting("seed: a session needs the assistantId, in small letters")
        members |= {"sessionArn": self._arn(assistant, id), "name": members.get("name", id), "origin": "SYSTEM"}
        if wrong := shapes.answer_check(SERVICE, "GetSession")({"session": members}):
            raise WrongSetting(f"seed: {wrong.lstrip('.')}")
        self.backend.sessions[id] = Session(assistant, members)
        return str(id)

    def get_session(self, params: Params) -> Answer:
        """Returns a session without its data [service model]."""
        return {"session": dict(self._session(params).members)}

    def update_session_data(self, params: Params) -> Answer:
        """Writes data. A switch says whether other keys stay; the later value of a repeated key counts [both inferred].

        The answer repeats the request: both lists have at most 50 entries.
        """
        session = self._session(params)
        # Values are a union with one member; a value without it is refused [inferred].
        if not all("stringValue" in entry["value"] for entry in params["data"]):
            raise Refused("ValidationException", "data: a value needs stringValue")
        if self.world.switches.session_data == "replace":
            session.data.clear()
        session.data |= {entry["key"]: entry["value"]["stringValue"] for entry in params["data"]}
        named = {name: session.members[name] for name in ("sessionArn", "sessionId")}
        return {**named, "namespace": params.get("namespace") or NAMESPACE, "data": params["data"]}

    def _session(self, params: Params) -> Session:
        assistant, id = (self._id(name, params[name]) for name in ("assistantId", "sessionId"))
        session = self.backend.sessions.get(id)
        if session is None or session.assistant != assistant:
            raise Refused("ResourceNotFoundException", f"no session {id} of assistant {assistant}")
        return session

    def _id(self, name: str, given: str) -> str:
        """Returns the id. "URLs cannot contain the ARN" [service model], although the pattern takes one."""
        if given.startswith("arn:") and self.world.switches.arns == "where_documented":
            raise Refused("ValidationException", f"{name}: a URL cannot contain an ARN")
        return given.rpartition("/")[2]

    def _arn(self, assistant: str, id: str) -> str:
        place = f"{self.backend.region_name}:{self.backend.account_id}"
        return f"arn:aws:wisdom:{place}:session/{assistant}/{id}"
