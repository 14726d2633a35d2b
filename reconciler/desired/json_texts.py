"""Resolves references and variables in the text of a JSON file. Other texts stay: an export is not a template.

The text keeps its lines, so that a later mistake inside the document still has its position in the file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import NamedTuple

from reconciler.desired.checked import Checked, Link
from reconciler.desired.texts import Texts
from reconciler.documents.hints import did_you_mean
from reconciler.errors import Mistake, Source
from reconciler.model import LIKE_REFERENCE, REFERENCE, Linked, Ref

# In a JSON text a quote inside a name is escaped, and no string contains a line end.
_TOKEN = re.compile(r"(?P<plain>\$)?\$\{(?P<inside>(?:[^${}\"\\\n]|\$(?!\{)|\\.)*)(?P<close>\}?)")
_VARIABLE = "var:"


class _TokenText(NamedTuple):
    """The replacement of one token."""

    text: str
    ref: Ref | None = None
    fault: str = ""


def read_json(text: str, file: str, texts: Texts, kinds: Collection[str]) -> Checked[str]:
    """Returns the text with variables filled in; `Linked` if it refers to resources.

    `${Kind/name.arn}`, `${Kind/name.id}` and `${var:NAME}` have a meaning here, and `$$` before them takes it away.
    """
    pieces, last = list[str](), 0
    mistakes, links = list[Mistake](), list[Link]()
    for token in _TOKEN.finditer(text):
        part = _part(token, texts, kinds)
        source = _source(text, token.start(), file)
        if part.fault:
            mistakes.append(Mistake(source, part.fault))
        if part.ref:
            links.append(Link(part.ref, source, may_be_live=True))
        pieces += (text[last : token.start()], part.text)
        last = token.end()
    whole = "".join((*pieces, text[last:]))
    return Checked(Linked(whole) if links else whole, tuple(mistakes), links=tuple(links))


def _part(token: re.Match[str], texts: Texts, kinds: Collection[str]) -> _TokenText:
    inside = _unescaped(token["inside"])
    written = f"${{{inside}{token['close']}"
    is_variable, is_reference = inside.startswith(_VARIABLE), LIKE_REFERENCE.match(written) is not None
    if not (is_variable or is_reference):
        return _TokenText(token[0])
    if token["plain"]:
        # A plain text that looks like a reference keeps this form, which is the same JSON.
        return _TokenText(rf"$\u007b{token['inside']}{token['close']}")
    if not token["close"]:
        return _TokenText(token[0], fault=f"{written} is not closed; write }} behind it, or $${{ for a plain ${{")
    if is_variable:
        read = texts.read(written)
        # The value is a plain text, even if it looks like a reference or completes one.
        return _TokenText(json.dumps(read.text)[1:-1].replace("$", r"\u0024"), fault="; ".join(read.faults))
    if not (reference := REFERENCE.fullmatch(written)):
        return _TokenText(
            token[0],
            fault=f"{written} is not a complete reference; write {written[:-1]}.arn}}, or $${{ for a plain ${{",
        )
    ref = Ref(reference["kind"], reference["name"])
    if ref.kind not in kinds:
        hint = did_you_mean(ref.kind, kinds) or "; write $${ for a plain ${"
        return _TokenText(token[0], fault=f"{written} is not a reference: there is no kind {ref.kind}{hint}")
    return _TokenText(written, ref)


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"'))
    except json.JSONDecodeError:  # the file is not valid JSON, which is another mistake
        return text


def _source(text: str, at: int, file: str) -> Source:
    return Source(file, text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
