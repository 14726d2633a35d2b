"""A saved event, judged as the function would, without asking anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from reconciler.lambdas.session_data.event import read_event
from reconciler.lambdas.session_data.pairs import make_pairs
from reconciler.lambdas.session_data.refusals import Code, Refused
from reconciler.lambdas.session_data.settings import read_settings
from reconciler.lambdas.session_data.target import find_target


def validate(path: Path, environ: Mapping[str, str]) -> Iterator[str]:
    """What would be written where, by the names of parameters. Raises `Refused` where the function would refuse."""
    settings = read_settings(environ)
    asked = read_event(_read(path))
    pairs = make_pairs(asked.parameters, settings)
    yield f"contact   {asked.contact}"
    for key, text in pairs.entries:
        yield f"written   {_shown(key)} ({len(text)} characters{', truncated' if key in pairs.truncated else ''})"
    for each in pairs.skipped:
        yield f"skipped   {_shown(each.key)}: {each.reason}"
    yield f"calls     {len(list(pairs.chunks()))} wisdom:UpdateSessionData"
    target = find_target(asked, settings)
    yield f"instance  {target.instance} in {target.region}"
    yield f"assistant {target.assistant}"
    yield f"session   {target.session.id if target.session else 'by connect:DescribeContact'}"


def _read(path: Path) -> object:
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as wrong:
        raise Refused(Code.BAD_EVENT, f"{path} can not be read as JSON: {wrong}") from wrong
    return found


def _shown(name: str) -> str:
    """A name may hold what moves a terminal's cursor."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in name)
