"""Reads `reconcile.yaml` into the environments of a stack, or reports every mistake in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.documents import nodes
from reconciler.documents.files import read_text
from reconciler.documents.hints import brief
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar
from reconciler.documents.schema_check import against
from reconciler.documents.yaml_text import read_yaml
from reconciler.errors import ManifestError, Mistake, Source, UsageError
from reconciler.kinds.services import CONNECT, operation_rates, service_rates
from reconciler.kinds.time_zones import zone_problems
from reconciler.model.environment import VARIABLE, Environment, Ignore, Policy, Quotas, Retries, Threshold
from reconciler.model.windows import DAYS, HEARD_AT_ONCE, Window
from reconciler.pacing import Rate, Rates
from reconciler.schemas.config import config_schema

FILE = "reconcile.yaml"
_LONGEST_OWNER = 256  # "stack/environment" is the value of a tag
ARN = re.compile(
    r"arn:aws[a-z-]*:connect:(?P<region>[a-z]{2,}(-[a-z]+)+-[0-9]+):(?P<account>[0-9]{12}):instance/"
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
ARN_REMEDY = "arn:aws:connect:REGION:ACCOUNT:instance/ID"
_VARIABLE = re.compile(r"\$\{var:(\w+)\}")


@dataclass(frozen=True)
class Config:
    """The content of `reconcile.yaml`. `environments` keep the order of the file."""

    stack: str
    path: Path
    environments: Mapping[str, Environment]


def find(start: Path) -> Path:
    """Returns the nearest `reconcile.yaml` in a folder or above it. Raises `UsageError` if there is none."""
    first = start.resolve()
    for folder in (first, *first.parents):
        if (folder / FILE).is_file():
            return folder / FILE
    raise UsageError(f"no {FILE} in {first} or above it; run `reconcile init`, or name its folder with -C")


def read_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Reads the file. Raises `ManifestError` with every mistake, and `UsageError` if the file does not exist."""
    if not path.is_file():
        raise UsageError(f"{path} does not exist; run `reconcile init` there, or name the folder of {FILE} with -C")
    read = read_text(path, path.name)
    if isinstance(read, Mistake):
        raise ManifestError([read])
    documents, mistakes, _ = read_yaml(read.text, path.name)
    if len(documents) != 1:
        place = documents[1].source if len(documents) > 1 else Source(path.name, 1, 1)
        advice = "keep one, without `---`" if documents else "write stack and environments"
        number = Mistake(place, f"must have one document, has {len(documents)}; {advice}")
        raise ManifestError(mistakes or [number])
    node = _with_variables(documents[0], environ)
    unfit = against(config_schema(), node)
    places = {mistake.source for mistake in unfit}
    if wrong := {*mistakes, *unfit, *(mistake for mistake in _across(node) if mistake.source not in places)}:
        raise ManifestError(sorted(wrong))
    content = nodes.plain(node)
    root, manifests, given = path.resolve().parent, Path(content.get("manifests", "manifests")), set_variables(environ)
    read_environments = {name: _environment(keys, given) for name, keys in content["environments"].items()}
    overlays = tuple(
        dict.fromkeys(folder for environment in read_environments.values() for folder in environment.overlays)
    )
    environments = {
        name: replace(
            environment,
            stack=content["stack"],
            name=name,
            root=root,
            manifests=manifests,
            overlays_of_all=overlays,
            manifests_at=nodes.place(node, ["manifests"]) if "manifests" in content else None,
            overlays_at=_places(nodes.find(node, ["environments", name, "overlays"])),
        )
        for name, environment in read_environments.items()
    }
    return Config(content["stack"], path, environments)


def _places(folders: Node | None) -> tuple[Source, ...]:
    return tuple(item.source for item in folders.items) if isinstance(folders, ListNode) else ()


def set_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Returns the variables that the process environment sets."""
    return {key.removeprefix(VARIABLE): value for key, value in environ.items() if key.startswith(VARIABLE)}


# Variables, `${var:NAME}`, in an environment's keys: with them one file serves several accounts.


def _with_variables(node: Node, environ: Mapping[str, str]) -> Node:
    around = nodes.find(node, ["environments"])
    if not isinstance(node, MapNode) or not isinstance(around, MapNode):
        return node
    filled = {
        name: _filled(entry.node, environ) for name, entry in around.entries.items() if isinstance(entry.node, MapNode)
    }
    return nodes.with_entries(node, {"environments": nodes.with_entries(around, filled)})


def _filled(node: MapNode, environ: Mapping[str, str]) -> Node:
    """Fills variables into the environment's other keys. A variable keeps the text that its author wrote."""
    written = node.get("variables") or MapNode({}, node.source)
    texts = nodes.rewritten(
        written, lambda scalar: scalar if scalar.value is None else scalar._replace(value=scalar.text)
    )
    values = {**(nodes.plain(texts) if isinstance(texts, MapNode) else {}), **set_variables(environ)}

    def fill(scalar: Scalar) -> Scalar:
        text = _VARIABLE.sub(lambda variable: str(values.get(variable[1], variable[0])), scalar.text)
        return scalar if text == scalar.text else Scalar(text, text, scalar.source)

    return nodes.with_entries(
        node, {key: nodes.rewritten(entry.node, fill) for key, entry in node.entries.items()} | {"variables": texts}
    )


# Rules that the schema cannot express.


def _across(node: Node) -> Iterator[Mistake]:
    stack = nodes.text_of(nodes.find(node, ["stack"])) or ""
    for name, (source, environment) in _environments(node):
        if len(f"{stack}/{name}") > _LONGEST_OWNER:
            most = _LONGEST_OWNER - 1
            yield Mistake(source, f"stack and environment have more than {most} characters together; shorten one")
        if isinstance(environment, MapNode):
            yield from _instance(f"environments.{name}", environment)
            windows = nodes.find(environment, ["policy", "windows"])
            for number, window in enumerate(windows.items if isinstance(windows, ListNode) else ()):
                yield from window_mistakes(window, f"environments.{name}.policy.windows[{number + 1}].")


def window_mistakes(window: Node, where: str) -> Iterator[Mistake]:
    """Yields mistakes about one window. `where` begins the name of its keys."""
    keys = nodes.plain(window) if isinstance(window, MapNode) else {}
    opens, closes = keys.get("from"), keys.get("to")
    if isinstance(opens, str) and opens == closes:
        message = f"{where}to equals from, {brief(opens)}; write another time, or 00:00 and 24:00 for whole days"
        yield Mistake(nodes.place(window, ["to"]), message)
    for problem in zone_problems(keys.get("timeZone")):
        # A legacy name of a zone works.
        if problem.severity == "error":
            yield Mistake(nodes.place(window, ["timeZone"]), f"{where}timeZone {problem.message}")


def _instance(where: str, environment: MapNode) -> Iterator[Mistake]:
    """Yields mistakes about the instance.

    An environment with the sandbox has no instance of its own. Account and region must match the ARN, if there is one.
    """
    keys = nodes.plain(environment)
    arn = str(keys.get("instance", ""))
    if "instance" in keys and keys.get("sandbox") is True:
        message = f"{where} has both an instance and sandbox: true; delete one, a sandbox has its own instance"
        yield Mistake(nodes.key_place(environment, ["instance"]), message)
    for name in dict.fromkeys(_VARIABLE.findall(arn)):
        message = f"{where}.instance: there is no variable {name}; add it to variables, or set {VARIABLE}{name}"
        yield Mistake(nodes.place(environment, ["instance"]), message)
    read = ARN.fullmatch(arn)
    if isinstance(keys.get("instance"), str) and not read and not _VARIABLE.search(arn):
        message = f"{where}.instance {brief(arn)} is not the ARN of an instance; write {ARN_REMEDY}"
        yield Mistake(nodes.place(environment, ["instance"]), message)
    for key in ("account", "region") if read else ():
        if read and isinstance(keys.get(key), str) and keys[key] != read[key]:
            message = f"{where}.{key} is {brief(keys[key])}, but the ARN of its instance has {brief(read[key])}"
            yield Mistake(nodes.place(environment, [key]), f"{message}; correct one, or leave {key} out")


def _environments(node: Node) -> Iterator[tuple[str, Entry]]:
    around = nodes.find(node, ["environments"])
    yield from around.entries.items() if isinstance(around, MapNode) else ()


# From the checked file to values.


def _environment(keys: Mapping[str, Any], given: Mapping[str, str]) -> Environment:
    """Returns the environment from its own keys. The caller adds its name, stack and folders."""
    instance = keys.get("instance", "")
    arn = ARN.fullmatch(instance)
    return Environment(
        stack="",
        name="",
        root=Path(),
        instance=instance,
        account=keys.get("account", arn["account"] if arn else ""),
        region=keys.get("region", arn["region"] if arn else ""),
        sandbox=keys.get("sandbox", False),
        overlays=tuple(map(Path, keys.get("overlays", ()))),
        variables={**keys.get("variables", {}), **given},
        policy=_policy(keys.get("policy", {})),
        ignore=tuple(Ignore(**rule) for rule in keys.get("ignore", ())),
        rates=_rates(keys.get("rates", {})),
        retries=Retries(**keys.get("retries", {})),
        quotas=Quotas({key: int(value) for key, value in keys.get("quotas", {}).items()}),
        recheck=keys.get("recheck", False),
        frozen=keys.get("frozen", ""),
        permissions_boundary=keys.get("permissionsBoundary", ""),
        artifacts=keys.get("artifacts", {}).get("bucket", ""),
    )


def _policy(keys: Mapping[str, Any]) -> Policy:
    windows = tuple(map(window_of, keys.get("windows", ())))
    thresholds: dict[str, Any] = {_snake(key): _threshold(value) for key, value in keys.items() if key != "windows"}
    return replace(Policy(windows=windows), **thresholds)


def window_of(keys: Mapping[str, Any]) -> Window:
    """Returns the window of checked keys."""
    days, kinds = tuple(keys.get("days", DAYS)), tuple(keys.get("kinds", HEARD_AT_ONCE))
    return Window(ZoneInfo(keys["timeZone"]), _minutes(keys["from"]), _minutes(keys["to"]), days, kinds)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _threshold(value: str | int) -> Threshold:
    if isinstance(value, str):
        return Threshold(percent=Decimal(value.rstrip("% ")))
    return Threshold(number=int(value))


def _rates(value: Any) -> Rates:
    """Returns the rates of the file. A name without a service, and the default, are Amazon Connect's."""
    if value == "unlimited":
        return Rates(default=None)
    rates = {key: None if rate == "unlimited" else _rate(rate) for key, rate in value.items()}
    default = rates.pop("default", CONNECT.rate)
    written = {key if ":" in key else f"{CONNECT.name}:{key}": rate for key, rate in rates.items()}
    return Rates(default, {**operation_rates(), **written}, service_rates())


def _rate(value: Mapping[str, Any]) -> Rate:
    return Rate(float(value["perSecond"]), int(value["burst"]))


def _snake(key: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", key)
