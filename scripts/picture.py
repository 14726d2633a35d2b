"""Draws docs/comment.svg: the comment of a plan as GitHub shows it, made from the comment's own Markdown.

python scripts/picture.py          draw it
python scripts/picture.py --check  exit with 1 if it is stale

GitHub's parser (cmark-gfm) turns the Markdown into HTML. The SVG has that HTML, and the part of GitHub's style sheet
that it needs (github-markdown-css, light). So the reader's browser lays it out, and drawing needs no browser. The
height is estimated generously: the box ends by itself, and the rest below it is transparent.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from math import ceil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
PICTURE = ROOT / "docs" / "comment.svg"
WIDTH, EDGE, HEADER = 920, 16, 38
LETTER, LINE = 7.2, 21  # pixels: a width above the mean of letters in 14 px text, and the height of a line
ALERTS = {"NOTE": "#0969da", "TIP": "#1a7f37", "IMPORTANT": "#8250df", "WARNING": "#9a6700", "CAUTION": "#d1242f"}
EMPTY = ("br", "hr", "img", "input")
# Pixels above and below the text of a block.
BLOCKS = {"p": 16, "h3": 24, "h4": 24, "li": 4, "summary": 0, "tr": 13, "table": 16, "pre": 48, "blockquote": 16}
STYLE = """
.comment{box-sizing:border-box;background:#fff;border:1px solid #d1d9e0;border-radius:6px;color:#1f2328;
font:14px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif}
.header{background:#f6f8fa;border-bottom:1px solid #d1d9e0;border-radius:6px 6px 0 0;color:#59636e;padding:8px 16px}
.header b{color:#1f2328;font-weight:600}
.header span{border:1px solid #d1d9e0;border-radius:2em;font-size:12px;font-weight:500;margin:0 4px;padding:0 7px}
.body{padding:16px;overflow-wrap:break-word}
.body>:last-child{margin-bottom:0}
p,table,ul,blockquote,details{margin:0 0 16px}
h3,h4{font-weight:600;line-height:1.25;margin:24px 0 16px}
h3{font-size:1.25em}h4{font-size:1em}
.body>h3:first-child{margin-top:0}
a{color:#0969da;text-decoration:underline;text-underline-offset:.2rem}
code{background:#818b981f;border-radius:6px;padding:.2em .4em;white-space:break-spaces;
font:85% ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
table{border-collapse:collapse;border-spacing:0;display:block;max-width:100%;width:max-content}
th,td{border:1px solid #d1d9e0;padding:6px 13px;text-align:left}
th{font-weight:600}
tr{background:#fff;border-top:1px solid #d1d9e0b3}
tbody tr:nth-child(2n){background:#f6f8fa}
ul{padding-left:2em}
pre{background:#f6f8fa;border-radius:6px;line-height:1.45;margin:0 0 16px;padding:16px;overflow:hidden}
pre code{background:none;padding:0;white-space:pre}
li+li{margin-top:.25em}
blockquote{border-left:.25em solid #d1d9e0;color:#59636e;padding:0 1em}
.alert{border-left:.25em solid;color:#1f2328;margin:0 0 16px;padding:8px 16px}
.alert .title{font-weight:500}
.alert :last-child{margin-bottom:0}
"""


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
    """Returns the comment of the plan that the README shows."""
    import readme

    from reconciler.cli.github.texts import GithubTexts
    from reconciler.github.run import WorkflowRun

    commit = "0123456789abcdef0123456789abcdef01234567"
    run = WorkflowRun("example/contact-centre", id="9001", commit=commit, pull_request=7)
    now = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    return GithubTexts(run, now, f"{run.url}/artifacts/501").comment(readme.a_plan())


def draw(markdown: str) -> str:
    body = Body()
    body.feed(_html(markdown))
    body.close()
    height = HEADER + 2 * EDGE + body.height
    header = "<b>github-actions</b><span>bot</span> commented now"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">\n'
        "<title>The comment of a plan on a pull request</title>\n"
        f"<style>{STYLE}</style>\n"
        f'<foreignObject width="{WIDTH}" height="{height}">\n'
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="comment">\n<div class="header">{header}</div>\n'
        f'<div class="body">\n{body.text.strip()}\n</div>\n</div>\n</foreignObject>\n</svg>\n'
    )


def _html(markdown: str) -> str:
    """Returns GitHub's HTML for Markdown, without hidden lines."""
    import cmarkgfm
    from cmarkgfm.cmark import Options

    # The comment folds its details with HTML. GitHub keeps it, and so does this option.
    html = cmarkgfm.github_flavored_markdown_to_html(markdown, options=Options.CMARK_OPT_UNSAFE)
    html = re.sub(r"<!--.*?-->\s*", "", html, flags=re.DOTALL)
    return re.sub(r"<blockquote>\s*<p>\[!([A-Z]+)\]\s*(?:<br ?/?>)?(.*?)</blockquote>", _alert, html, flags=re.DOTALL)


def _alert(match: re.Match[str]) -> str:
    colour, title = ALERTS[match[1]], match[1].capitalize()
    head = f'<p class="title" style="color:{colour};margin-bottom:4px">{title}</p>'
    return f'<div class="alert" style="border-color:{colour}">{head}<p>{match[2].strip()}</div>'


class Body(HTMLParser):
    """Writes HTML as XML, and estimates its height in pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.height, self._line, self._is_pre = "", LINE, "", False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        written = "".join(f' {name}="{escape(value or name)}"' for name, value in attrs)
        self.text += f"<{tag}{written}{'/' if tag in EMPTY else ''}>"
        if tag in BLOCKS:
            self._end_line()
            self.height += BLOCKS[tag]
            self._is_pre = tag == "pre"
        elif tag == "br":
            self._end_line()

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            self.text += f"</{tag}>"
        if tag in BLOCKS or tag == "div":
            self._end_line()
            self._is_pre = False

    def handle_data(self, data: str) -> None:
        self.text += escape(data, quote=False)
        if self._is_pre:
            self.height += LINE * data.count("\n")
        else:
            self._line += data.strip("\n")

    def _end_line(self) -> None:
        """Ends a line. Cells of a table row are beside each other, so a row is one line."""
        if self._line.strip():
            self.height += LINE * ceil(len(self._line) * LETTER / (WIDTH - 2 * EDGE))
        self._line = ""


if __name__ == "__main__":
    sys.exit(main())
