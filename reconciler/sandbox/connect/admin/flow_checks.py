"""The checks before a flow or a module is published, with their error: it has problems and no message."""

from __future__ import annotations

from reconciler.sandbox.connect.admin.editions import LATEST, Editions
from reconciler.sandbox.connect.admin.types import Holdings
from reconciler.sandbox.connect.flow_language.document import NOT_JSON
from reconciler.sandbox.connect.flow_language.surroundings import MODULE, Contract, Surroundings, read_contract
from reconciler.sandbox.connect.flow_language.validation import NO_SETTINGS, problems_of
from reconciler.sandbox.errors import Refused

# The kinds of references that are looked for in the instance [seen], with their types. Agents have queues too.
TYPES_OF = {
    "queue": ("Queue", "User"),
    "agent": ("User",),
    "flow": ("ContactFlow",),
    "prompt": ("Prompt",),
    "hours": ("HoursOfOperation",),
}


class FlowChecks(Editions):
    def refuse_wrong_flow(self, holdings: Holdings, content: str, flow_type: str) -> None:
        around = self._surroundings(holdings, flow_type, Contract())
        if problems := problems_of(content, around):
            listed = [{"message": problem} for problem in problems]
            raise Refused("InvalidContactFlowException", "", problems=listed)

    def refuse_wrong_module(self, holdings: Holdings, content: str, settings: str) -> None:
        """Refuses a module. Content without settings: two errors are seen; a switch."""
        problems = self._module_problems(holdings, content, settings)
        code = "InvalidContactFlowModuleException"
        if problems == [NO_SETTINGS] and self.world.switches.module_without_settings != code:
            raise Refused(self.world.switches.module_without_settings, NO_SETTINGS)
        if problems:
            raise Refused(code, "", Problems=[{"message": problem} for problem in problems])

    def _module_problems(self, holdings: Holdings, content: str, settings: str) -> list[str]:
        try:
            contract = read_contract(settings)
        except ValueError:
            return [NOT_JSON]
        return problems_of(content, self._surroundings(holdings, MODULE, contract))

    def _surroundings(self, holdings: Holdings, flow_type: str, contract: Contract) -> Surroundings:
        switches = self.world.switches
        ids = {kind: self._ids(holdings, names) for kind, names in TYPES_OF.items()}
        if switches.unassociated_lambda == "refused":
            ids["lambda"] = frozenset(holdings.functions)
        if switches.unassociated_bot == "refused":
            ids["bot"] = frozenset()  # Simplified: the sandbox associates no bots.
        return Surroundings(
            holdings.arn,
            flow_type,
            ids,
            frozenset(number.name for number in holdings.of("PhoneNumber").values()),
            {module.id: _contract_of(module.members[LATEST]) for module in holdings.of("ContactFlowModule").values()},
            contract,
            most_hooks=1 if switches.event_hooks == "one" else 0,
            reaches_all=switches.unreachable_actions == "refused",
        )

    def _ids(self, holdings: Holdings, type_names: tuple[str, ...]) -> frozenset[str]:
        """Returns the ids that a reference may have. A new resource may not be found yet, as in other requests."""
        ids = set()
        for name in type_names:
            for resource in holdings.of(name).values():
                if self.world.accepted > resource.hidden_until or not resource.hidden_until:
                    ids.add(resource.id)
        return frozenset(ids)


def _contract_of(edition: dict[str, str]) -> Contract:
    return read_contract(edition.get("Settings", ""))
