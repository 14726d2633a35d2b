"""Holds the page's only script, which searches the page.

It never runs a value as code, and it loads and sends nothing.
"""

SCRIPT = """
"use strict";
const box = document.getElementById("search");
const found = document.getElementById("found");
const changes = [...document.querySelectorAll(".change")];
const items = new Map(changes.map(change => [change, [...change.querySelectorAll("tbody tr, .fields li")]]));
const holds = (element, text) => element.textContent.toLowerCase().includes(text);

function search() {
  const text = box.value.trim().toLowerCase();
  let shown = 0;
  for (const change of changes) {
    const isWhole = holds(change.querySelector("summary"), text);
    let hits = 0;
    for (const item of items.get(change)) {
      const isHit = isWhole || holds(item, text);
      item.hidden = !isHit;
      hits += isHit ? 1 : 0;
    }
    change.hidden = !(isWhole || hits || holds(change, text));
    if (change.hidden) continue;
    shown += 1;
    if (text && hits && !isWhole) for (const inner of change.querySelectorAll("details")) inner.open = true;
  }
  found.textContent = text ? `${shown} of ${changes.length}` : "";
}

box.closest("label").hidden = false;
box.addEventListener("input", search);
"""
