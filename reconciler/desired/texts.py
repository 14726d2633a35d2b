"""Resolves `${…}` in texts: fills in variables and marks references to resources. Anything else is a mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reconciler.desired.checked import Checked, Link
from reconciler.documents.hints import brief, did_you_mean
from reconciler.documents.nodes import Node, Scalar, rewritten, scalars
from reconciler.errors import Mistake, Source
from reconciler.model import REFERENCE, Linked, Ref
from reconciler.model.environment import VARIABLE

MARK = "${"
STREAMING = "DynamoDBTable"
_TOKEN = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}]*)\}|\$\{")
_FORMS = "write ${var:NAME} or ${Kind/name.arn}, or $${ for a plain ${"


class Text(NamedTuple):
    """A resolved text; `Linked` if it refers to resources."""

    text: str
    faults: tuple[str, ...] = ()
    refs: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Texts:
    """The meaning of `${…}` in an environment. `no_secrets`: why a secret is not allowed here."""

    environment: str
    variables: Mapping[str, str]
    no_secrets: str

    def read(self, text: str) -> Text:
        whole, end = "", 0
        faults, refs = tuple[str, ...](), tuple[Ref, ...]()
        for token in _TOKEN.finditer(text):
            part = self._token(token[0], token["inside"])
            whole += text[end : token.start()] + part.text
            end = token.end()
            faults += part.faults
            refs += part.refs
        whole += text[end:]
        # Later stages read every `${Kind/…}` of the text as a reference; a variable's value may complete one.
        if refs and whole.count(MARK) > len(refs):
            faults += ("has both a reference and a plain ${, which look the same; keep one of them",)
        elif refs and f"${MARK}" in whole:
            faults += ("has a $ right before a reference, which would mean a plain ${; put a character between them",)
        return Text(Linked(whole) if refs else whole, faults, refs)

    def _token(self, token: str, inside: str | None) -> Text:
        if token == "$${":  # noqa: S105 (no password)
            return Text(MARK)
        if inside is None:
            return Text(
                token, (f"has a ${{ that is not closed; {_FORMS}; if the name itself has a brace, write the ARN",)
            )
        if inside.startswith("var:"):
            return self._variable(token, inside.removeprefix("var:"))
        if inside.startswith("secret:"):
            return Text(token, (f"{token} is not allowed: {self.no_secrets}",))
        if reference := REFERENCE.fullmatch(token):
            if reference["word"] == "stream" and reference["kind"] != STREAMING:
                return Text(token, (f"{token} is unknown: only a {STREAMING} has a stream; {_FORMS}",))
            return Text(token, (), (Ref(reference["kind"], reference["name"]),))
        return Text(token, (f"{token} is unknown; {_FORMS}",))

    def _variable(self, token: str, name: str) -> Text:
        if name in self.variables:
            return Text(self.variables[name])
        hint = did_you_mean(name, self.variables)
        remedy = f"add it to variables in reconcile.yaml, or set {VARIABLE}{name}"
        return Text(
            token, (f"environment {brief(self.environment)} has no variable {brief(name)}{hint or f'; {remedy}'}",)
        )


def resolve(node: Node, texts: Texts) -> Checked[Node]:
    """Returns the node with every text resolved. Keys do not change."""
    read = [(scalar.source, texts.read(scalar.text)) for scalar in scalars(node) if MARK in scalar.text]
    if not read:
        return Checked(node)
    mistakes, links = faults_and_links(read)
    return Checked(rewritten(node, lambda scalar: _meant(scalar, texts)), mistakes, (), links)


def faults_and_links(read: list[tuple[Source, Text]]) -> tuple[tuple[Mistake, ...], tuple[Link, ...]]:
    """Returns the mistakes in texts, and the resources that they refer to."""
    mistakes, links = list[Mistake](), list[Link]()
    for source, text in read:
        mistakes += (Mistake(source, fault) for fault in text.faults)
        links += (Link(ref, source) for ref in text.refs)
    return tuple(mistakes), tuple(links)


def _meant(scalar: Scalar, texts: Texts) -> Scalar:
    if MARK not in scalar.text:
        return scalar
    text = texts.read(scalar.text).text
    return Scalar(text, text, scalar.source)
