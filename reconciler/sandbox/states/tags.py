"""Tags of state machines. Activities have tags too, which are moto's."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.errors import Refused
from reconciler.sandbox.states.room import MachineRoom, Params, Proceed

TAGS = 50  # of a resource [tagging guide]; the code is in the model
MACHINE = ":stateMachine:"


class MachineTags(MachineRoom):
    def tag_resource(self, params: Params, proceed: Proceed) -> Any:
        self._refuse_missing(params)
        known = self.backend.get_tags_list_for_state_machine(params["resourceArn"])
        refuse_tags([*known, *params["tags"]])
        return proceed()

    def untag_resource(self, params: Params, proceed: Proceed) -> Any:
        self._refuse_missing(params)
        return proceed()

    def list_tags_for_resource(self, params: Params, proceed: Proceed) -> Any:
        self._refuse_missing(params)
        return proceed()

    def _refuse_missing(self, params: Params) -> None:
        if MACHINE in params["resourceArn"] and self.find(params["resourceArn"]) is None:
            raise Refused("ResourceNotFound", f"Resource not found: '{params['resourceArn']}'")


def refuse_tags(tags: list[dict[str, str]]) -> None:
    """Refuses reserved and too many tags. The code for reserved ones is inferred."""
    keys = {tag["key"] for tag in tags}
    if any(key.lower().startswith("aws:") for key in keys):
        raise Refused("ValidationException", "Tag keys that begin with aws: are reserved.")
    if len(keys) > TAGS:
        raise Refused("TooManyTags", f"A resource has at most {TAGS} tags.")
