"""State machines: creates that are idempotent, updates, and deletions that take a while."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.stepfunctions.models import StateMachine

from reconciler.sandbox import paging
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.iam import trust
from reconciler.sandbox.states.room import Answer, MachineRoom, Params, Proceed
from reconciler.sandbox.states.store import MachineFacts
from reconciler.sandbox.states.tags import refuse_tags

PRINCIPAL = "states.amazonaws.com"
NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")  # [service model, of name]
LOG_GROUP = re.compile(r"arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:.+:\*")
PAGE = 100  # "The default is 100 and the maximum allowed page size is 1000" [service model]
# "idempotency check is based on" these; role and tags are ignored [service model, CreateStateMachine].
COMPARED = (
    *("name", "definition", "type", "loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"),
    *("publish", "versionDescription"),
)
# [seen: terraform-provider-aws retries on AccessDeniedException for a new role; the words: aws-cdk, issue 26432]
UNTRUSTED = (
    "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the "
    "provided role."
)


class Machines(MachineRoom):
    def create_state_machine(self, params: Params, proceed: Proceed) -> Any:
        """Creates a machine. An equal request is answered as before, whatever its role and tags are [service model]."""
        if not NAME.fullmatch(params["name"]):
            raise Refused("InvalidName", f"Invalid Name: '{params['name']}'")
        refuse_tags(params.get("tags") or [])
        self._check(params)
        place = f"{self.backend.region_name}:{self.backend.account_id}"
        arn = f"arn:{self.backend.partition}:states:{place}:stateMachine:{params['name']}"
        request = json.dumps({name: params.get(name) for name in COMPARED}, sort_keys=True)
        if known := self.find(arn):
            if self.is_leaving(arn):
                raise Refused("StateMachineDeleting", f"State Machine is being deleted: '{arn}'")
            if self.facts(arn).request != request:
                raise Refused("StateMachineAlreadyExists", f"State Machine Already Exists: '{arn}'")
            return {"stateMachineArn": arn, "creationDate": known.creation_date.timestamp()}
        answer = proceed()
        self.store.machines[arn] = MachineFacts(self.world.accepted, request)
        return answer

    def describe_state_machine(self, params: Params, proceed: Proceed) -> Any:
        arn = params["stateMachineArn"]
        known = self.find(arn)
        return self._described(known) if known else proceed()  # A version or an alias, or nothing.

    def update_state_machine(self, params: Params, proceed: Proceed) -> Any:
        """Changes what the request has. "You must include at least one of definition or roleArn" [service model]."""
        arn = self.machine(params["stateMachineArn"]).arn
        if self.is_leaving(arn):
            raise Refused("StateMachineDeleting", f"State Machine is being deleted: '{arn}'")
        if not params.get("definition") and not params.get("roleArn"):
            raise Refused("MissingRequiredParameter", "Either the definition, the role ARN or both must be specified")
        self._check(params)
        return proceed()

    def delete_state_machine(self, params: Params, proceed: Proceed) -> Answer:
        """Begins a deletion: "It sets the state machine's status to DELETING" [service model].

        A missing machine is accepted [service model: no error is listed].
        """
        machine = self.find(params["stateMachineArn"])
        if machine and not self.is_leaving(machine.arn):
            self.facts(machine.arn).deleted_after = self.world.accepted + self.world.faults.deletion
        return {}

    def list_state_machines(self, params: Params, proceed: Proceed) -> Answer:
        rows = [(machine.name, _listed(machine)) for machine in self.backend.state_machines]
        size = int(params.get("maxResults") or PAGE)
        token = {"NextToken": params.get("nextToken")}
        try:
            listing = paging.open_listing("states:ListStateMachines", token, fixed={}, size=size)
        except Refused as refused:
            raise Refused("InvalidToken", f"Invalid Token: '{params['nextToken']}'") from refused
        page, rest = paging.cut(self.world, listing, rows)
        return {"stateMachines": page} | ({"nextToken": rest["NextToken"]} if rest else {})

    def _described(self, machine: StateMachine) -> Answer:
        logging = {"level": "OFF", "includeExecutionData": False, **machine.loggingConfiguration}
        return {
            "stateMachineArn": machine.arn,
            "name": machine.name,
            "status": "DELETING" if self.is_leaving(machine.arn) else "ACTIVE",
            "definition": machine.definition,
            "roleArn": machine.roleArn,
            "type": machine.type,
            "creationDate": machine.creation_date.timestamp(),
            "loggingConfiguration": logging,
            "tracingConfiguration": {"enabled": False, **machine.tracingConfiguration},
            "encryptionConfiguration": machine.encryptionConfiguration,
        }

    def _check(self, params: Params) -> None:
        if (definition := params.get("definition")) is not None and (fault := _fault(definition)):
            raise Refused("InvalidDefinition", f"Invalid State Machine Definition: '{fault}'")
        if logging := params.get("loggingConfiguration"):
            _check_logging(logging)
        encryption = params.get("encryptionConfiguration") or {}
        if encryption and (encryption["type"] == "CUSTOMER_MANAGED_KMS_KEY") != bool(encryption.get("kmsKeyId")):
            message = "Invalid Encryption Configuration: the key and the type do not fit together"  # [words inferred]
            raise Refused("InvalidEncryptionConfiguration", message)
        role, account = params.get("roleArn"), self.backend.account_id
        source = f"arn:{self.backend.partition}:states:{self.backend.region_name}:{account}:stateMachine:*"
        if role and not trust.may_assume(self.world, account, role, PRINCIPAL, source):
            raise Refused("AccessDeniedException", UNTRUSTED)


def _fault(definition: str) -> str:
    """Returns what is wrong with a definition. The service checks each state; the sandbox checks names [ASL]."""
    try:
        machine = json.loads(definition)
    except ValueError as wrong:
        return f"INVALID_JSON_DESCRIPTION: {wrong}"
    states = machine.get("States") if isinstance(machine, dict) else None
    if not isinstance(states, dict) or not states:
        return "SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /"
    if machine.get("StartAt") not in states:
        return "MISSING_TRANSITION_TARGET: Missing 'StartAt' target at /StartAt"
    for name, state in states.items():
        if not isinstance(state, dict) or "Type" not in state:
            return f"SCHEMA_VALIDATION_FAILED: These fields are required: [Type] at /States/{name}"
        if state.get("Next") is not None and state["Next"] not in states:
            return f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {state['Next']} at /States/{name}/Next"
    return ""


def _check_logging(logging: Answer) -> None:
    """Checks the log group, whose ARN ends in `:*` [seen: terraform-provider-aws, issue 17683]."""
    destinations = logging.get("destinations") or []
    if logging.get("level", "OFF") != "OFF" and len(destinations) != 1:  # [service model, of destinations]
        raise Refused(
            "InvalidLoggingConfiguration", "Invalid Logging Configuration: Must specify exactly one Log Destination."
        )
    for destination in destinations:
        arn = (destination.get("cloudWatchLogsLogGroup") or {}).get("logGroupArn") or ""
        if not LOG_GROUP.fullmatch(arn):
            raise Refused("InvalidLoggingConfiguration", "Invalid Logging Configuration: Log Destination is not valid.")


def _listed(machine: StateMachine) -> Answer:
    times = {"creationDate": machine.creation_date.timestamp()}
    return {"stateMachineArn": machine.arn, "name": machine.name, "type": machine.type, **times}
