"""Texts for GitHub from the samples and from hostile values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

from reconciler.cli.github.texts import GithubTexts
from reconciler.errors import Source
from reconciler.github.run import WorkflowRun
from reconciler.model import (
    Action,
    Call,
    Change,
    Does,
    FieldChange,
    Finding,
    Item,
    Outcome,
    Plan,
    Ref,
    Result,
    RowChange,
    Scope,
    Status,
    Step,
    TableChange,
)
from tests.builders.values import cell

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
RUN = WorkflowRun("example/contact-centre", server="https://github.example.com", id="42", commit="0123456789" * 4)
TEXTS = GithubTexts(RUN, NOON)


def plan_with(key: str, name: str, value: str) -> Plan:
    """Returns a plan that has the texts in every possible place."""
    source = Source(f"manifests/{name}", 3)
    change = Change(
        Action.UPDATE,
        Ref("K" + name, value),
        reason=value,
        source=source,
        fields=(FieldChange(name, [value], {name: value}),),
        table=TableChange(
            cells=(cell({"k" + name: key}, "A" + name, value, "x" + value),),
            rows=(RowChange({name: key}, {name: value}),),
        ),
        steps=(Step(Call("connect", "Op" + name, {}), Does.CELLS),),
        modified=NOON,
        region="r" + value,
    )
    made = Change(
        Action.CREATE,
        Ref("DataTable", "New"),
        table=TableChange(cells=(cell({"k" + name: key}, "A" + name, None, value),)),
    )
    gone = Change(Action.DELETE, Ref("DataTable", name), reason=value, irreversible=True)
    blocked = Change(Action.BLOCKED, Ref("DataTable", key), reason=value)
    findings = (Finding("warning", f"DataTable/{name}", "m" + value, source), Finding("info", "", value))
    return Plan(Scope("s" + key, name, value), (change, made, gone, blocked), (Ref("K", name),), findings)


def outcome_with(key: str, name: str, value: str) -> Outcome:
    failed = Result(Status.FAILED, "m" + value, "c" + value, "r" + value, found=value, looked=True)
    results = {Item(0, part, 0): failed for part in ("field", "row", "cell")}
    results[Item(3, "change", 0)] = Result(Status.SKIPPED, value)
    return Outcome(plan_with(key, name, value), "partial", 5, NOON, NOON, results, message="m" + value)


@dataclass
class Seen:
    """The parsed text. `tags` and `comments` are in order, `links` are targets, `bare` is the text outside of code."""

    tags: list[str]
    comments: list[str]
    links: list[str]
    bare: str


def seen(markdown: str) -> Seen:
    """Parses the text as GitHub does, without its later sanitizing, so that every dangerous part would be found."""
    parser = _Parser()
    parser.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))
    parser.close()
    return Seen(parser.tags, parser.comments, parser.links, "".join(parser.bare))


# Patterns that GitHub's filters find in text outside of code, after Markdown became HTML.
FOUND_BY_GITHUB = re.compile(r"(?<!\w)[@#]\w|\bGH-\d|\b[0-9a-f]{7,40}\b|://|\bwww\.|\w@\w|:[\w+-]+:", re.IGNORECASE)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.comments: list[str] = []
        self.links: list[str] = []
        self.bare: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        self._code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.bare.append(data)
