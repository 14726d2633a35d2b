"""Creates, changes, describes and deletes functions: code and configuration."""

from __future__ import annotations

from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import LambdaFunction as MotoFunction
from moto.core.responses import ActionResult

from reconciler.sandbox import paging
from reconciler.sandbox.functions.archives_of_calls import check_code
from reconciler.sandbox.functions.room import Answer, FunctionRoom, Params, Proceed, conflict, invalid
from reconciler.sandbox.functions.store import FunctionFacts
from reconciler.sandbox.iam import trust

PRINCIPAL = "lambda.amazonaws.com"
UNTRUSTED = "The role defined for the function cannot be assumed by Lambda."  # [seen: terraform-provider-aws; chalice]
LARGEST_ENVIRONMENT = 4096  # bytes [quotas]
LONGEST, LARGEST_MEMORY = 900, 10_240  # seconds and MB [quotas; the shapes' limits are those of managed instances]
# The members that moto drops or keeps as they were created.
DROPPED = (
    *("DeadLetterConfig", "FileSystemConfigs", "KMSKeyArn", "LoggingConfig", "SnapStart", "TracingConfig"),
    *("EphemeralStorage", "Layers", "VpcConfig"),
)
RESERVED = frozenset(
    {
        *("_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV"),
        *("AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION"),
        *("AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME"),
        *("AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
        *("AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"),
    }
)
LEVELS = ("ApplicationLogLevel", "SystemLogLevel")
PAGE = 50  # functions [service model: ListFunctions]


class Configurations(FunctionRoom):
    def create_function(self, params: Params, proceed: Proceed) -> ActionResult:
        """Creates a function. It is Pending first, and its answer has no LastUpdateStatus [seen in moto]."""
        name = params["FunctionName"].rsplit(":", 1)[-1]
        try:
            self.function(name)
        except UnknownFunctionException:
            pass
        else:
            raise conflict(f"Function already exist: {name}")  # [seen: terraform-provider-aws]
        for member in () if params.get("PackageType") == "Image" else ("Runtime", "Handler"):
            if not params.get(member):
                raise invalid(f"{member} is mandatory for functions created with deployment packages.")  # [inferred]
        self._check(params, name)
        check_code(self.backend, params["Code"])
        kept = {key: value for key, value in params.items() if key not in DROPPED}
        function = self.backend.create_function({**kept, "FunctionName": name})
        facts = self.store.functions[name] = FunctionFacts()
        self._keep(function, facts, params)
        fault = self.world.faults.settling
        facts.change(self.settles_at(), fault.fails, is_new=True)
        return ActionResult(self.configuration(function))

    def update_function_configuration(self, params: Params, proceed: Proceed) -> ActionResult:
        """Changes what the request has. "Environment" replaces all variables [developer guide]."""
        function = self.changeable(params["FunctionName"], params.get("RevisionId"))
        self._check(params, function.function_name, function.role)
        facts = self.facts(function)
        function.update_configuration({key: value for key, value in params.items() if key not in DROPPED})
        self._keep(function, facts, params)
        facts.change(self.settles_at(), self.world.faults.settling.fails)
        return ActionResult(self.configuration(function))

    def update_function_code(self, params: Params, proceed: Proceed) -> ActionResult:
        function = self.changeable(params["FunctionName"], params.get("RevisionId"))
        check_code(self.backend, params)
        if params.get("DryRun"):
            return ActionResult(self.configuration(function))
        function.update_function_code(params)
        if params.get("Architectures"):
            function.architectures = params["Architectures"]
        self.facts(function).change(self.settles_at(), self.world.faults.settling.fails)
        return ActionResult(self.configuration(function))

    def get_function(self, params: Params, proceed: Proceed) -> Any:
        """Returns the function with its tags and its concurrency. moto leaves out a concurrency of 0."""
        if params.get("Qualifier") or ":" in params["FunctionName"].rpartition(":function:")[2]:
            return proceed()
        function = self.function(params["FunctionName"])
        answer = function.get_code()
        answer["Configuration"] = self.configuration(function)
        if function.reserved_concurrency is not None:
            answer["Concurrency"] = {"ReservedConcurrentExecutions": function.reserved_concurrency}
        return ActionResult(answer)

    def get_function_configuration(self, params: Params, proceed: Proceed) -> Any:
        if params.get("Qualifier"):
            return proceed()
        return ActionResult(self.configuration(self.function(params["FunctionName"])))

    def list_functions(self, params: Params, proceed: Proceed) -> ActionResult:
        """Lists 50 functions a page, without State, LastUpdateStatus and tags [API reference]."""
        rows = []
        for function in self.backend.list_functions(None):
            answer = self.configuration(function)
            kept = {key: value for key, value in answer.items() if key not in ("State", "LastUpdateStatus")}
            rows.append((function.function_name, kept))
        size = min(params.get("MaxItems") or PAGE, PAGE)
        token = {"NextToken": params.get("Marker")}
        listing = paging.open_listing("lambda:ListFunctions", token, fixed=None, size=size)
        page, rest = paging.cut(self.world, listing, rows)
        marker = {"NextMarker": rest["NextToken"]} if rest else {}
        return ActionResult({"Functions": page, **marker})

    def delete_function(self, params: Params, proceed: Proceed) -> Any:
        name = self.function(params["FunctionName"]).function_name
        answer = proceed()
        if not params.get("Qualifier"):
            self.store.functions.pop(name, None)
            for place in [place for place in self.store.provisioned if place[0] == name]:
                del self.store.provisioned[place]
        return answer

    def put_function_concurrency(self, params: Params, proceed: Proceed) -> ActionResult:
        """Reserves calls. 100 of the account's must be left to all functions together [API reference]."""
        function, wanted = self.function(params["FunctionName"]), params["ReservedConcurrentExecutions"]
        others = (it for it in self.backend.list_functions(None) if it.function_name != function.function_name)
        reserved = sum(it.reserved_concurrency or 0 for it in others) + wanted
        if self.world.quotas.concurrent_executions - reserved < 100:
            raise invalid(
                "Specified ReservedConcurrentExecutions for function decreases account's "
                "UnreservedConcurrentExecution below its minimum value of [100]."
            )
        function.reserved_concurrency = wanted
        return ActionResult({"ReservedConcurrentExecutions": wanted})

    def configuration(self, function: MotoFunction) -> Answer:
        """Returns the configuration as AWS answers it: with what moto drops, without what is not set."""
        facts, settled = self.facts(function), self.is_settled(function)
        answer = {key: value for key, value in function.get_configuration().items() if value is not None}
        answer |= {**facts.members, "RevisionId": facts.revision}
        if facts.is_new:
            state = "Failed" if facts.fails else "Active"
            answer["State"] = state if settled else "Pending"
            reason = facts.fails if settled else "The function is being created."
            answer |= {"StateReason": reason} if reason else {}
        else:
            outcome = "Failed" if facts.fails else "Successful"
            answer["LastUpdateStatus"] = outcome if settled else "InProgress"
            reason = facts.fails if settled else "The function is being created."
            answer |= {"LastUpdateStatusReason": reason} if reason else {}
        return answer

    def _keep(self, function: MotoFunction, facts: FunctionFacts, params: Params) -> None:
        """Keeps the members that moto drops, with AWS's defaults, in the form of answers."""
        members = facts.members
        members.setdefault("LoggingConfig", {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"})
        for key in ("TracingConfig", "EphemeralStorage"):
            members |= {key: params[key]} if params.get(key) else {}
        if logging := params.get("LoggingConfig"):
            group = {"LogGroup": f"/aws/lambda/{function.function_name}", "LogFormat": "Text"}
            # A JSON log has levels [API reference, LoggingConfig: "the default"].
            levels = dict.fromkeys(LEVELS, "INFO") if logging.get("LogFormat") == "JSON" else {}
            members["LoggingConfig"] = group | levels | logging
        if snap := params.get("SnapStart"):
            members["SnapStart"] = {"ApplyOn": snap.get("ApplyOn", "None"), "OptimizationStatus": "Off"}
        # An empty value clears these [seen: terraform-provider-aws].
        for key in ("DeadLetterConfig", "KMSKeyArn", "FileSystemConfigs"):
            if key in params:
                members.pop(key, None)
                is_set = params[key].get("TargetArn") if key == "DeadLetterConfig" else params[key]
                members |= {key: params[key]} if is_set else {}
        if "VpcConfig" in params:
            subnets = params["VpcConfig"].get("SubnetIds")
            members["VpcConfig"] = {**params["VpcConfig"], "VpcId": "vpc-00000000" if subnets else ""}
        if "Layers" in params:
            # The sandbox believes that a layer exists: most are of other accounts.
            function.layers = [{"Arn": arn, "CodeSize": 1} for arn in params["Layers"]]

    def _check(self, params: Params, name: str, live_role: str = "") -> None:
        """Refuses what AWS refuses and moto takes."""
        role, arn = params.get("Role"), f"arn:aws:lambda:{self.backend.region_name}:{self.backend.account_id}"
        source = f"{arn}:function:{name}"
        may = self.world, self.backend.account_id
        if role and role != live_role and not trust.may_assume(*may, role, PRINCIPAL, source):
            raise invalid(UNTRUSTED)
        if params.get("Timeout", 0) > LONGEST or params.get("MemorySize", 0) > LARGEST_MEMORY:
            raise invalid("'Timeout' has at most 900 seconds, 'MemorySize' at most 10240 MB.")  # [the words: inferred]
        logging = params.get("LoggingConfig", {})
        if logging.get("LogFormat") != "JSON" and set(LEVELS) & logging.keys():
            raise invalid("Log levels are only for the log format JSON.")  # [the words: inferred]
        variables = params.get("Environment", {}).get("Variables") or {}
        if sum(len(key.encode()) + len(value.encode()) for key, value in variables.items()) > LARGEST_ENVIRONMENT:
            raise invalid(
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided exceeded the 4KB limit."
            )
        if reserved := sorted(RESERVED & variables.keys()):
            raise invalid(
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided contains reserved keys that are currently not supported for modification. Reserved keys used "
                f"in this request: {', '.join(reserved)}"
            )
