"""Reads a rendered report as a reader does: the text before, and the text after."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

MARKED = re.compile(r"\[-(.*?)-\]|\{\+(.*?)\+\}", re.DOTALL)  # of the text form
CUT = "\x00"  # where a report has shortened what both sides have in common


class Seen(HTMLParser):
    """`cells`: of each cell of a table its text before and after; `after`: all text but what is removed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[tuple[str, str]] = []
        self.after = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append(tag)
        if tag == "td":
            self.cells.append(("", ""))
        if tag == "br":
            self._add("\n")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        self._add(data.replace("\u2060", "") if "code" in self._open or data != "…" else CUT)

    def _add(self, data: str) -> None:
        before, after = ("" if tag in self._open else data for tag in ("ins", "del"))
        self.after += after
        if "td" in self._open:
            self.cells[-1] = (self.cells[-1][0] + before, self.cells[-1][1] + after)


def markdown(text: str) -> Seen:
    """Reads Markdown as GitHub does."""
    return Seen(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def after_marks(text: str) -> str:
    """The text form, without what is removed and without the marks of what is added."""
    return MARKED.sub(lambda found: found[2] or "", text)
