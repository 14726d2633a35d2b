"""docs/comment.svg: what a pull request shows, drawn from the very Markdown that the comment holds.

python scripts/picture.py          draw it
python scripts/picture.py --check  end with 1 where it is stale

No browser: the few forms of Markdown that a plan is told in (headings, text, tables, folds) are laid out line by line
in a monospaced face, whose letters are all as wide.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
PICTURE = ROOT / "docs" / "comment.svg"
WIDTH, LETTER, LINE, EDGE = 980, 7.3, 21, 24
COLUMNS = int((WIDTH - 2 * EDGE) / LETTER)
STYLE = """text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328;
white-space:pre}.bold{font-weight:600}.title{font-size:15px;font-weight:600}.quiet{fill:#59636e}"""


@dataclass(frozen=True)
class Row:
    """One line: a style and a text, or the cells of a table's line."""

    style: str
    text: str = ""
    cells: tuple[str, ...] = ()


def main() -> int:
    drawn = draw(comment())
    if "--check" not in sys.argv:
        PICTURE.write_text(drawn, encoding="utf-8")
        return 0
    if PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == drawn:
        return 0
    print(f"{PICTURE.relative_to(ROOT)} is stale: run `make docs`", file=sys.stderr)
    return 1


def comment() -> str:
    """Of the plan that the README shows, as a run on GitHub would tell it."""
    import readme

    from reconciler.cli.github_texts import Teller
    from reconciler.github.run import Run

    run = Run("example/contact-centre", id="9001", commit="0123456789abcdef0123456789abcdef01234567", pull_request=7)
    return Teller(run, datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)).comment(readme.a_plan())


def draw(markdown: str) -> str:
    rows = list(_rows(markdown))
    height = LINE * len(rows) + 4 * EDGE
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">',
        "<title>The comment of a plan on a pull request</title>",
        f"<style>{STYLE}</style>",
        f'<rect x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="6" fill="#fff" stroke="#d1d9e0"/>',
        f'<path d="M1 40V7a6 6 0 0 1 6-6H{WIDTH - 7}a6 6 0 0 1 6 6v33z" fill="#f6f8fa" stroke="#d1d9e0"/>',
        _text(EDGE, 25, "bold", "github-actions"),
        _text(EDGE + 16 * LETTER, 25, "quiet", "bot commented on pull request #7"),
    ]
    widths = _widths(rows)
    for at, row in enumerate(rows):
        lines += _drawn(row, 40 + EDGE + LINE * (at + 0.5), widths[at])
    return "\n".join([*lines, "</svg>", ""])


def _rows(markdown: str) -> Iterator[Row]:
    for line in markdown.splitlines():
        plain = _plain(line)
        match line:
            case "" | "</details>":
                yield Row("gap")
            case _ if line.startswith("<!--") or re.fullmatch(r"[|\s-]+", line):
                continue
            case _ if line.startswith("| "):
                yield Row("table", cells=tuple(_plain(cell) for cell in line.strip("|").split(" | ")))
            case _ if line.startswith("#"):
                yield Row("title", plain.lstrip("# "))
            case _ if line.startswith("<details"):
                yield Row("bold", f"{'▾' if 'open' in line.split('>')[0] else '▸'} {plain}")
            case _:
                yield from (Row("bold" if line.startswith("**") else "quiet", part) for part in _wrapped(plain))


def _plain(text: str) -> str:
    """Without marks, tags and where links lead."""
    text = re.sub(r"\[([^\]]*)\]\(http[^)]*\)", r"\1", text)
    return unescape(re.sub(r"</?[a-z]+[^>]*>|\*\*|`", "", text)).strip()


def _wrapped(text: str) -> Iterator[str]:
    while len(text) > COLUMNS:
        cut = text.rfind(" ", 0, COLUMNS)
        yield text[:cut]
        text = f"  {text[cut + 1 :]}"
    yield text


def _widths(rows: list[Row]) -> list[list[int]]:
    """Of each row the widths of its table's columns; lines of a table stand one below the other."""
    found: list[list[int]] = []
    begin = 0
    for at, row in enumerate([*rows, Row("gap")]):
        if row.style != "table":
            group = rows[begin:at]
            widths = [max(map(len, column)) for column in zip(*(each.cells for each in group), strict=True)]
            found += [widths] * len(group) + [[]]
            begin = at + 1
    return found


def _drawn(row: Row, y: float, widths: list[int]) -> Iterator[str]:
    if row.style != "table":
        if row.text:
            yield _text(EDGE, y, row.style, row.text)
        return
    across = (sum(widths) + 3 * len(widths)) * LETTER
    yield f'<path d="M{EDGE} {y + 6:g}h{across:g}" stroke="#d1d9e0"/>'
    x = float(EDGE)
    for cell, width in zip(row.cells, widths, strict=True):
        yield _text(x, y, "", cell)
        x += (width + 3) * LETTER


def _text(x: float, y: float, style: str, text: str) -> str:
    return f'<text x="{x:g}" y="{y:g}"{f" class={chr(34)}{style}{chr(34)}" if style else ""}>{escape(text)}</text>'


if __name__ == "__main__":
    sys.exit(main())
