"""`reconcile.yaml` → the environments of a stack, as frozen values; or every mistake in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from reconciler.documents import nodes
from reconciler.documents.files import read_text
from reconciler.documents.hints import shown
from reconciler.documents.nodes import Entry, ListNode, MapNode, Node, Scalar
from reconciler.documents.schema_check import against
from reconciler.documents.yaml_text import read_yaml
from reconciler.environment import VARIABLE, Environment, Ignore, Policy, Quotas, Retries, Threshold
from reconciler.errors import ManifestError, Mistake, Source, UsageError
from reconciler.kinds.config_schema import config_schema
from reconciler.pacing import Rate, Rates

FILE = "reconcile.yaml"
_LONGEST_OWNER = 256  # «stack/environment» is the value of a tag
ARN = re.compile(
    r"arn:aws[a-z-]*:connect:(?P<region>[a-z]{2,}(-[a-z]+)+-[0-9]+):(?P<account>[0-9]{12}):instance/"
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
)
ARN_REMEDY = "arn:aws:connect:REGION:ACCOUNT:instance/ID"
_VARIABLE = re.compile(r"\$\{var:(\w+)\}")


@dataclass(frozen=True)
class Config:
    """`environments` in the file's order."""

    stack: str
    path: Path
    environments: Mapping[str, Environment]


def find(start: Path) -> Path:
    """The nearest `reconcile.yaml`, from a folder upward."""
    folder = start.resolve()
    for each in (folder, *folder.parents):
        if (each / FILE).is_file():
            return each / FILE
    raise UsageError(f"no {FILE} in {folder} or above it; run `reconcile init`, or name its folder with -C")


def read_config(path: Path, environ: Mapping[str, str]) -> Config:
    """Raises `ManifestError` with every mistake, `UsageError` where there is no such file."""
    if not path.is_file():
        raise UsageError(f"there is no {path}; run `reconcile init` there, or name the folder of {FILE} with -C")
    read = read_text(path, path.name)
    if isinstance(read, Mistake):
        raise ManifestError([read])
    documents, mistakes, _ = read_yaml(read.text, path.name)
    if len(documents) != 1:
        place = documents[1].source if len(documents) > 1 else Source(path.name, 1, 1)
        advice = "keep one, without `---`" if documents else "write stack and environments"
        number = Mistake(place, f"must hold one document, holds {len(documents)}; {advice}")
        raise ManifestError(mistakes or [number])
    node = _with_variables(documents[0], environ)
    unfit = against(config_schema(), node)
    places = {mistake.source for mistake in unfit}
    if wrong := {*mistakes, *unfit, *(mistake for mistake in _across(node) if mistake.source not in places)}:
        raise ManifestError(sorted(wrong))
    said = nodes.plain(node)
    root, manifests, given = path.resolve().parent, Path(said.get("manifests", "manifests")), set_variables(environ)
    read_environments = {name: _environment(each, given) for name, each in said["environments"].items()}
    overlays = tuple(dict.fromkeys(folder for each in read_environments.values() for folder in each.overlays))
    environments = {
        name: replace(
            environment,
            stack=said["stack"],
            name=name,
            root=root,
            manifests=manifests,
            overlays_of_all=overlays,
            manifests_at=nodes.place(node, ["manifests"]) if "manifests" in said else None,
            overlays_at=_places(nodes.find(node, ["environments", name, "overlays"])),
        )
        for name, environment in read_environments.items()
    }
    return Config(said["stack"], path, environments)


def _places(folders: Node | None) -> tuple[Source, ...]:
    return tuple(item.source for item in folders.items) if isinstance(folders, ListNode) else ()


def set_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that the process's environment sets."""
    return {key.removeprefix(VARIABLE): value for key, value in environ.items() if key.startswith(VARIABLE)}


# `${var:NAME}` in what an environment says: one file may then serve several accounts.


def _with_variables(node: Node, environ: Mapping[str, str]) -> Node:
    around = nodes.find(node, ["environments"])
    if not isinstance(node, MapNode) or not isinstance(around, MapNode):
        return node
    filled = {
        name: _filled(entry.node, environ) for name, entry in around.entries.items() if isinstance(entry.node, MapNode)
    }
    return nodes.with_entries(node, {"environments": nodes.with_entries(around, filled)})


def _filled(node: MapNode, environ: Mapping[str, str]) -> Node:
    """Variables become the texts they were written as, and stand wherever else they are named."""
    written = node.get("variables") or MapNode({}, node.source)
    texts = nodes.rewritten(written, lambda said: said if said.value is None else said._replace(value=said.text))
    values = {**(nodes.plain(texts) if isinstance(texts, MapNode) else {}), **set_variables(environ)}

    def fill(said: Scalar) -> Scalar:
        text = _VARIABLE.sub(lambda found: str(values.get(found[1], found[0])), said.text)
        return said if text == said.text else Scalar(text, text, said.source)

    return nodes.with_entries(
        node, {key: nodes.rewritten(entry.node, fill) for key, entry in node.entries.items()} | {"variables": texts}
    )


# What the schema cannot tell.


def _across(node: Node) -> Iterator[Mistake]:
    stack = nodes.text_of(nodes.find(node, ["stack"])) or ""
    for name, (source, environment) in _environments(node):
        if len(f"{stack}/{name}") > _LONGEST_OWNER:
            yield Mistake(source, f"stack and environment have more than {_LONGEST_OWNER - 1} characters together")
        if isinstance(environment, MapNode):
            yield from _instance(f"environments.{name}", environment)


def _instance(where: str, environment: MapNode) -> Iterator[Mistake]:
    """An environment is an instance or the sandbox; account and region only repeat what the ARN says."""
    said = nodes.plain(environment)
    arn = str(said.get("instance", ""))
    if "instance" in said and said.get("sandbox") is True:
        message = f"{where} has both an instance and sandbox: true; delete one, a sandbox brings its own instance"
        yield Mistake(nodes.key_place(environment, ["instance"]), message)
    for name in dict.fromkeys(_VARIABLE.findall(arn)):
        message = f"{where}.instance: no variable {name}; give it under variables, or set {VARIABLE}{name}"
        yield Mistake(nodes.place(environment, ["instance"]), message)
    read = ARN.fullmatch(arn)
    if isinstance(said.get("instance"), str) and not read and not _VARIABLE.search(arn):
        message = f"{where}.instance {shown(arn)} is not the ARN of an instance; write {ARN_REMEDY}"
        yield Mistake(nodes.place(environment, ["instance"]), message)
    for key in ("account", "region") if read else ():
        if read and isinstance(said.get(key), str) and said[key] != read[key]:
            message = f"{where}.{key} is {shown(said[key])}, its instance's ARN says {shown(read[key])}"
            yield Mistake(nodes.place(environment, [key]), f"{message}; correct one, or leave {key} out")


def _environments(node: Node) -> Iterator[tuple[str, Entry]]:
    around = nodes.find(node, ["environments"])
    yield from around.entries.items() if isinstance(around, MapNode) else ()


# The parsed file, known to be right → values.


def _environment(said: Mapping[str, Any], given: Mapping[str, str]) -> Environment:
    """What the environment says of itself; where it stands is not in it."""
    instance = said.get("instance", "")
    arn = ARN.fullmatch(instance)
    return Environment(
        stack="",
        name="",
        root=Path(),
        instance=instance,
        account=said.get("account", arn["account"] if arn else ""),
        region=said.get("region", arn["region"] if arn else ""),
        sandbox=said.get("sandbox", False),
        overlays=tuple(map(Path, said.get("overlays", ()))),
        variables={**said.get("variables", {}), **given},
        policy=Policy(**{_snake(key): _threshold(value) for key, value in said.get("policy", {}).items()}),
        ignore=tuple(Ignore(**rule) for rule in said.get("ignore", ())),
        rates=_rates(said.get("rates", {})),
        retries=Retries(**said.get("retries", {})),
        quotas=Quotas(**{_snake(key): int(value) for key, value in said.get("quotas", {}).items()}),
        recheck=said.get("recheck", False),
        frozen=said.get("frozen", ""),
    )


def _threshold(said: str | int) -> Threshold:
    if isinstance(said, str):
        return Threshold(percent=Decimal(said.rstrip("% ")))
    return Threshold(number=int(said))


def _rates(said: Any) -> Rates:
    if said == "unlimited":
        return Rates(default=None)
    rates = {key: None if rate == "unlimited" else _rate(rate) for key, rate in said.items()}
    operations = {key: rate for key, rate in rates.items() if key != "default"}
    return Rates(rates["default"], operations) if "default" in rates else Rates(operations=operations)


def _rate(said: Mapping[str, Any]) -> Rate:
    return Rate(float(said["perSecond"]), int(said["burst"]))


def _snake(key: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", key)
