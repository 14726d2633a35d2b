"""Sessions: seeded, since Connect makes one for each contact whose flow has an assistant block; read, written to."""

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

    def seed_session(self, members: Mapping[str, Any]) -> str:
        """{"assistantId": …} and what else GetSession shows; the session's id. Raises `WrongSetting`."""
        said = dict(members)
        assistant, id = said.pop("assistantId", None), said.setdefault("sessionId", str(uuid4()))
        if not isinstance(assistant, str) or not ID.fullmatch(assistant):
            raise WrongSetting("seed: a session needs the assistantId, in small letters")
        said |= {"sessionArn": self._arn(assistant, id), "name": said.get("name", id), "origin": "SYSTEM"}
        if wrong := shapes.answer_check(SERVICE, "GetSession")({"session": said}):
            raise WrongSetting(f"seed: {wrong.lstrip('.')}")
        self.backend.sessions[id] = Session(assistant, said)
        return str(id)

    def get_session(self, params: Params) -> Answer:
        """It does not show the session's data [service model]."""
        return {"session": dict(self._session(params).said)}

    def update_session_data(self, params: Params) -> Answer:
        """Keys that are not given stay, hence a switch; of one given twice the later value counts [both inferred].

        The answer holds what the request did: its list may have 50 entries, as the request's.
        """
        session = self._session(params)
        # One of the union's members; a value without any is refused [inferred].
        if not all("stringValue" in each["value"] for each in params["data"]):
            raise Refused("ValidationException", "data: a value needs stringValue")
        if self.world.switches.session_data == "replace":
            session.data.clear()
        session.data |= {each["key"]: each["value"]["stringValue"] for each in params["data"]}
        named = {name: session.said[name] for name in ("sessionArn", "sessionId")}
        return {**named, "namespace": params.get("namespace") or NAMESPACE, "data": params["data"]}

    def _session(self, params: Params) -> Session:
        assistant, id = (self._id(name, params[name]) for name in ("assistantId", "sessionId"))
        session = self.backend.sessions.get(id)
        if session is None or session.assistant != assistant:
            raise Refused("ResourceNotFoundException", f"no session {id} of assistant {assistant}")
        return session

    def _id(self, name: str, given: str) -> str:
        """ "URLs cannot contain the ARN" [service model], though its pattern takes one."""
        if given.startswith("arn:") and self.world.switches.arns == "where_documented":
            raise Refused("ValidationException", f"{name}: a URL can not contain an ARN")
        return given.rpartition("/")[2]

    def _arn(self, assistant: str, id: str) -> str:
        place = f"{self.backend.region_name}:{self.backend.account_id}"
        return f"arn:aws:wisdom:{place}:session/{assistant}/{id}"
