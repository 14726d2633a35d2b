"""Holds the page's style sheet: light and dark by the reader's setting, stacked rows on a phone."""

from __future__ import annotations

from reconciler.model import Action

_FILTERS = "\n".join(
    f"body:has(#show-{action.value}:not(:checked)) .change.{action.value} {{ display: none }}" for action in Action
)

STYLE = f"""
:root {{
  color-scheme: light dark;
  --text: light-dark(#1c2024, #e6e8ea);
  --quiet: light-dark(#5f6972, #98a2ab);
  --page: light-dark(#fff, #14171a);
  --card: light-dark(#f6f7f8, #1c2125);
  --line: light-dark(#d9dde1, #333a40);
  --green: light-dark(#156d38, #5cc98a);
  --amber: light-dark(#875500, #e2b04c);
  --red: light-dark(#b3261e, #ff8a80);
  --violet: light-dark(#7a3b9c, #cf9bea);
  --blue: light-dark(#0a5f8a, #6cbbe6);
  --added: light-dark(#dff5e5, #173324);
  --removed: light-dark(#fde5e3, #41201e);
}}
* {{ box-sizing: border-box }}
[hidden] {{ display: none !important }}
body {{
  margin: 0 auto; max-width: 78rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}}
h1 {{ margin: 0; font-size: 1.4rem }}
h2 {{ margin: 0 0 .5rem; font-size: 1.1rem }}
p {{ margin: .3rem 0 }}
ul {{ margin: .4rem 0; padding-left: 1.2rem }}
code, del, ins, .text {{ font: .92em ui-monospace, monospace; white-space: break-spaces }}
del, ins {{ padding: 0 .15em; border-radius: .2em }}
del {{ color: var(--red); background: var(--removed); text-decoration: line-through }}
del + ins {{ margin-left: .3em }}
ins {{ color: var(--green); background: var(--added); text-decoration: none }}
.quiet {{ color: var(--quiet); font-size: .87rem }}
.headline {{ font-weight: 600 }}
.tools {{
  position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem;
  margin: 1rem 0; padding: .5rem 0; background: var(--page);
}}
.tools label {{ border: 1px solid var(--line); border-radius: 1rem; padding: .15rem .8rem; cursor: pointer }}
.tools .search {{ flex: 1 1 14rem; display: flex; gap: .5rem; background: var(--card) }}
.search input {{ flex: 1; min-width: 0; border: 0; background: none; color: inherit; font: inherit }}
.change, section {{
  margin: .8rem 0; padding: .7rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
}}
.change {{ content-visibility: auto; contain-intrinsic-size: auto 12rem }}
.change.delete, .change.replace, .caution {{ border-left: .3rem solid var(--red) }}
.caution h2 {{ color: var(--red) }}
summary {{ cursor: pointer }}
.fields {{ list-style: none; padding: 0 }}
.fields li {{ padding: .15rem 0; border-bottom: 1px solid var(--line) }}
.label {{ margin-right: .3rem }}
.wide {{ overflow-x: auto; margin: .6rem 0 }}
table {{ border-collapse: collapse; font-size: .93rem }}
th, td {{ padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }}
th {{ color: var(--quiet); font-weight: 600 }}
td {{ min-width: 4rem; max-width: 36rem }}
.irreversible {{ color: var(--red) }}
.create .action, label.create, tr.create .row, li.create .sign {{ color: var(--green) }}
.update .action, label.update, tr.update .row, li.update .sign {{ color: var(--amber) }}
.replace .action, label.replace {{ color: var(--violet) }}
.delete .action, label.delete, tr.delete .row, li.delete .sign {{ color: var(--red) }}
.adopt .action, label.adopt {{ color: var(--blue) }}
.blocked .action, label.blocked {{ color: var(--red) }}
tr.delete {{ background: var(--removed) }}
tr.delete del, tr.delete code {{ color: var(--red); background: none }}
details details {{ margin-top: .5rem }}
.action {{ margin-right: .4rem }}
.row, .sign {{ white-space: nowrap }}
@media (max-width: 640px) {{
  body {{ padding: .8rem }}
  .tools {{ position: static }}
  .change, section {{ padding: .6rem .7rem }}
  table, tbody, tr, td {{ display: block }}
  thead {{ display: none }}
  tr {{ padding: .4rem .3rem; border-bottom: 1px solid var(--line) }}
  td {{ max-width: none; padding: .1rem 0; border: 0 }}
  td:empty {{ display: none }}
  td[data-name]::before {{ content: attr(data-name) ": "; color: var(--quiet) }}
}}
{_FILTERS}
"""
