"""A port whose writes have scripted answers too: functions that are invoked, machines that are started."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reconciler.port import Answer, Params
from tests.worlds.scripted_aws import ScriptedAws


class AnsweringAws(ScriptedAws):
    def write(self, service: str, operation: str, params: Params) -> Answer:
        return Answer(self.read(service, operation, params), "request-1")


def function_answers(*given: Mapping[str, Any]) -> AnsweringAws:
    """Returns a port whose function gives these answers, one after the other."""
    payloads = iter(given)
    return AnsweringAws({"lambda:Invoke": lambda params: {"Payload": json.dumps(next(payloads)).encode()}})
