"""Parameter Store in the sandbox: moto's parameters, with the rules of AWS that moto lacks.

A rule is a method named in snake case after its operation. It takes the request's parameters and `proceed`, which lets
moto answer. moto alone answers an operation without a method.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from moto.ssm.models import SimpleSystemManagerBackend

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.world import World

Params = dict[str, Any]
Proceed = Callable[[], Any]
LARGEST = {"Standard": 4096, "Advanced": 8192}  # bytes [service model, PutParameter]
TAGS = 50  # [service model, TooManyTagsError]


class Ssm:
    """The rules of one account and Region."""

    def __init__(self, world: World, backend: SimpleSystemManagerBackend) -> None:
        self.world, self.backend = world, backend

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or _answered_by_moto

    def put_parameter(self, params: Params, proceed: Proceed) -> Any:
        """Creates or overwrites a parameter. Type and tier have no way back [service model]."""
        versions = self.backend._parameters.get(params["Name"]) or []
        live = versions[-1] if versions else None
        tier = params.get("Tier") or (live.tier if live else None) or "Standard"  # the account's default
        if len(params["Value"].encode()) > LARGEST.get(tier, LARGEST["Advanced"]):
            raise Refused("ValidationException", f"The {tier} tier supports a maximum of {LARGEST[tier]} bytes.")
        if live and params.get("Overwrite"):
            if params.get("Type") and params["Type"] != live.parameter_type:
                raise Refused("HierarchyTypeMismatchException", "The parameter type cannot be changed.")
            if live.tier == "Advanced" and params.get("Tier") == "Standard":
                message = "This parameter uses the advanced-parameter tier. You can't downgrade a parameter."
                raise Refused("ValidationException", message)
        pattern = params.get("AllowedPattern", live.allowed_pattern if live else "")
        if pattern and not re.fullmatch(pattern, params["Value"]):
            raise Refused(
                "ParameterPatternMismatchException", "The parameter value does not match the allowed pattern."
            )
        _refuse_tags({tag["Key"] for tag in params.get("Tags") or ()})
        answer = proceed()
        now = self.backend._parameters.get(params["Name"]) or []
        if live and now and "AllowedPattern" not in params:
            now[-1].allowed_pattern = live.allowed_pattern  # A missing pattern stays [moto does so with descriptions].
        return answer

    def add_tags_to_resource(self, params: Params, proceed: Proceed) -> Any:
        _refuse_tags({tag["Key"] for tag in params["Tags"]})
        return proceed()


def _refuse_tags(keys: set[str]) -> None:
    if any(key.lower().startswith("aws:") for key in keys):  # Reserved [tagging guide]; the code is inferred.
        raise Refused("ValidationException", "Tag keys that begin with aws: are reserved.")
    if len(keys) > TAGS:
        raise Refused("TooManyTagsError", f"A parameter has at most {TAGS} tags.")


def _answered_by_moto(params: Params, proceed: Proceed) -> Any:
    return proceed()
