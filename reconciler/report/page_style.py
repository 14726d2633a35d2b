"""The style sheet of the page: light and dark by the reader's setting, filters without a script."""

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
}}
body {{
  margin: 0 auto; max-width: 78rem; padding: 1.5rem; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif;
}}
h1 {{ margin: 0; font-size: 1.4rem }}
h2 {{ margin: 0 0 .5rem; font-size: 1.1rem }}
p {{ margin: .3rem 0 }}
code, del, ins {{ font: .92em ui-monospace, monospace; overflow-wrap: anywhere; white-space: break-spaces }}
.quiet {{ color: var(--quiet); font-size: .87rem; overflow-wrap: anywhere }}
.filters {{ display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0 }}
.filters label {{ border: 1px solid var(--line); border-radius: 1rem; padding: .15rem .8rem; cursor: pointer }}
.change, section {{
  margin: .8rem 0; padding: .7rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
}}
summary {{ cursor: pointer; overflow-wrap: anywhere }}
.wide {{ overflow-x: auto; margin: .6rem 0 }}
table {{ border-collapse: collapse; font-size: .93rem }}
th, td {{ padding: .25rem .7rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top }}
th {{ color: var(--quiet); font-weight: 600 }}
td {{ min-width: 4rem; max-width: 36rem }}
del {{ color: var(--red); text-decoration: none }}
ins {{ color: var(--green); text-decoration: none }}
.irreversible, .caution h2 {{ color: var(--red) }}
.caution {{ border-color: var(--red) }}
.create .action, label.create, span.create {{ color: var(--green) }}
.update .action, label.update, span.update {{ color: var(--amber) }}
.replace .action, label.replace {{ color: var(--violet) }}
.delete .action, label.delete, span.delete {{ color: var(--red) }}
.adopt .action, label.adopt {{ color: var(--blue) }}
.blocked .action, label.blocked {{ color: var(--red) }}
details details {{ margin-top: .5rem }}
.action {{ margin-right: .4rem }}
span, .fields td:first-child code {{ white-space: nowrap }}
{_FILTERS}
"""
