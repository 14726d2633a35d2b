"""Checks a saved event as the function would, without a call."""

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
    """Yields lines about what would be written, by names of parameters. Raises `Refused` as the function would."""
    settings = read_settings(environ)
    request = read_event(_read(path))
    pairs = make_pairs(request.parameters, settings)
    yield f"contact   {request.contact}"
    for key, text in pairs.entries:
        yield f"written   {_shown(key)} ({len(text)} characters{', truncated' if key in pairs.truncated else ''})"
    for skipped in pairs.skipped:
        yield f"skipped   {_shown(skipped.key)}: {skipped.reason}"
    yield f"calls     {len(list(pairs.chunks()))} wisdom:UpdateSessionData"
    target = find_target(request, settings)
    yield f"instance  {target.instance} in {target.region}"
    yield f"assistant {target.assistant}"
    yield f"session   {target.session.id if target.session else 'by connect:DescribeContact'}"


def _read(path: Path) -> object:
    try:
        event: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as wrong:
        raise Refused(Code.BAD_EVENT, f"{path} cannot be read as JSON: {wrong}") from wrong
    return event


def _shown(name: str) -> str:
    """Returns a printable name: it may contain characters that move a terminal's cursor."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in name)
