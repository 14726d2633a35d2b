"""The pages of the documentation: their code blocks, links and headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """A fenced code block. `title` is the path of the file that it holds, as mkdocs-material shows it."""

    page: str
    line: int
    language: str
    title: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[str]:
    """Returns the paths of README, CONTRIBUTING and every page below docs, relative to the repository's root."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
    return [path.relative_to(ROOT).as_posix() for path in found]


@cache
def tokens(page: str) -> tuple[Token, ...]:
    text = (ROOT / page).read_text(encoding="utf-8")
    return tuple(MarkdownIt("commonmark").enable("table").parse(text))


def blocks(page: str) -> list[Block]:
    """Returns the page's fenced code blocks in order."""
    found = []
    for token in tokens(page):
        if token.type == "fence":
            language, _, rest = token.info.strip().partition(" ")
            title = TITLE.search(rest)
            line = (token.map or [0])[0] + 1
            found.append(Block(page, line, language, title[1] if title else "", token.content))
    return found


def links(page: str) -> list[str]:
    """Returns the targets of the page's links and pictures that stay within the repository, each once."""
    found = {}
    for token in inline(page):
        target = str(token.attrGet("href") or token.attrGet("src") or "")
        if target and not re.match(r"[a-z]+:", target):
            found[unquote(target)] = None
    return list(found)


def anchors(page: str) -> list[str]:
    """Returns the anchors that GitHub makes from the page's headings."""
    found: list[str] = []
    stream = tokens(page)
    for token, after in pairwise(stream):
        if token.type == "heading_open":
            text = "".join(child.content for child in after.children or ())
            kept = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            count = sum(re.fullmatch(rf"{re.escape(kept)}(-\d+)?", anchor) is not None for anchor in found)
            found.append(f"{kept}-{count}" if count else kept)
    return found


def inline(page: str) -> Iterator[Token]:
    """Yields the links, code spans and texts of the page."""
    for token in tokens(page):
        yield from token.children or ()
