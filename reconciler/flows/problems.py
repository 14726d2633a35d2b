"""Names the blocks in AWS's problems with a content, which name them by their position alone."""

from __future__ import annotations

import re
from typing import Any

from reconciler.flows.block_names import block_names
from reconciler.flows.envelope import FlowFormatError, content_of
from reconciler.flows.parsing import parse_flow
from reconciler.flows.places import place_of
from reconciler.model.content import TextFile
from reconciler.model.document import NotJsonError, parsed

SEPARATOR = "; "
_ACTION = re.compile(r"\bActions\[(\d+)\]|\bPath: (\d+)\.")


def with_blocks(message: str, content: Any, file: TextFile | None) -> str:
    """Returns the problems with the name of each block, and with its line in the file that declares the content.

    `content` is the flow that was sent. It may have another order than the file.
    """
    flow = parse_flow(content)
    names, lines = block_names(flow), _lines(file) if file else {}
    named = []
    for problem in message.split(SEPARATOR):
        match = _ACTION.search(problem)
        at = int(match[1] or match[2]) if match else -1
        block = flow.actions[at] if 0 <= at < len(flow.actions) else None
        if block:
            where = lines.get(block.identifier, "")
            named.append(f'{problem} (block "{names[block.identifier]}"{where})')
        else:
            named.append(problem)
    return SEPARATOR.join(named)


def _lines(file: TextFile) -> dict[str, str]:
    """Returns the place of each block, as the end of a phrase."""
    try:
        written = parsed(file.text)
        is_bare = content_of(written) is written
    except (NotJsonError, FlowFormatError):
        return {}
    if not is_bare:  # the content is a text inside an answer of AWS, on one line
        return {}
    lines = {}
    for action in parse_flow(written).actions:
        place = place_of(file.text, ("Actions", action.position, "Identifier"))
        lines[action.identifier] = f", {file.name}:{place.line}"
    return lines
