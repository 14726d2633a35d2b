"""Draws docs/agents-result.svg: the result file of the guide "Agents from a spreadsheet", opened as a table.

    python scripts/result_picture.py          draw it
    python scripts/result_picture.py --check  exit with 1 if it is stale

Both functions run on the local AWS with the guide's own file. The picture has the cells of the file that they write. It
is plain SVG text, so no browser is needed to draw it. A test compares it with the file.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from textwrap import wrap

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PAGE, PICTURE = ROOT / "docs" / "guides" / "agents-from-a-spreadsheet.md", ROOT / "docs" / "agents-result.svg"
KEY = "uploads/agents.csv"
# Pixels of the row numbers and of the columns A to E. A telephone is narrow, and scales the whole picture down.
WIDTHS = (26, 40, 84, 70, 110, 330)
LETTER, LINE, PAD, TOP = 6.7, 18, 7, 30
COLOURS = {"created": "#1a7f37", "changed": "#1a7f37", "refused": "#d1242f", "failed": "#d1242f"}
STYLE = (
    "text{font:13px ui-sans-serif,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif;fill:#1f2328}"
    ".head{fill:#59636e}.name{font-weight:600}.grid{fill:none;stroke:#d1d9e0}.band{fill:#f6f8fa}"
)


def main() -> int:
    drawn = draw(*result())
    if "--check" not in sys.argv:
        PICTURE.write_text(drawn, encoding="utf-8")
        return 0
    if PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == drawn:
        return 0
    print(f"{PICTURE.relative_to(ROOT)} is stale: run `python scripts/result_picture.py`", file=sys.stderr)
    return 1


def result() -> tuple[str, bytes]:
    """Uploads the file of the guide, and returns the name and the content of its result file."""
    from tests.lambdas.agent_roster.sheets import sheets

    (file,) = re.findall(r'```csv title="agents.csv"\n(.*?)```', PAGE.read_text(encoding="utf-8"), re.DOTALL)
    with sheets() as upload:
        upload.put(file.encode(), KEY)
        upload.desk.run_until_done()
        return upload.result()


def draw(name: str, content: bytes) -> str:
    """Returns the table as a spreadsheet shows it, with long cells in several lines."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    lines, top = [], TOP
    for number, row in enumerate([["A", "B", "C", "D", "E"], *rows]):
        cells = [_wrapped(cell, width) for cell, width in zip(row, WIDTHS[1:], strict=True)]
        height = LINE * max(1, *map(len, cells)) + PAD
        lines += _row(number, cells, top, height)
        top += height
    # A line is a pixel wide, so the last one needs a pixel more.
    width, height = sum(WIDTHS) + 1, top + 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f"<title>The result file of an upload, opened as a table</title>\n<style>{STYLE}</style>\n"
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n<rect class="band" width="{width}" height="{TOP}"/>\n'
        f'<rect class="grid" x="0.5" y="0.5" width="{width - 1}" height="{TOP}"/>\n'
        f'<text class="name" x="{PAD}" y="20">{escape(name)}</text>\n' + "\n".join(lines) + "\n</svg>\n"
    )


def _wrapped(cell: str, width: int) -> list[str]:
    return wrap(cell, int((width - 2 * PAD) / LETTER), break_on_hyphens=False)


def _row(number: int, cells: Sequence[Sequence[str]], top: int, height: int) -> list[str]:
    """Returns a row's frames and texts. Row 0 has the letters of the columns, and row 1 the header."""
    left, drawn = 0, []
    for column, (width, texts) in enumerate(zip(WIDTHS, [[str(number or "")], *cells], strict=True)):
        is_edge = number == 0 or column == 0
        frame = f'x="{left}.5" y="{top}.5" width="{width}" height="{height}"'
        if is_edge:
            drawn.append(f'<rect class="band" {frame}/>')
        drawn.append(f'<rect class="grid" {frame}/>')
        kind = ' class="head"' if is_edge else ' class="name"' if number == 1 else ""
        colour = COLOURS.get(texts[0]) if column == 3 and texts else None
        fill = f' style="fill:{colour}"' if colour else ""
        for at, text in enumerate(texts):
            place = f'x="{left + PAD}" y="{top + LINE * (at + 1) - 1}"'
            drawn.append(f"<text{kind} {place}{fill}>{escape(text)}</text>")
        left += width
    return drawn


if __name__ == "__main__":
    sys.exit(main())
