"""A judge of sentences that users read."""

from __future__ import annotations

import re

DIALECT = re.compile(
    r"\b(told|said|shall|nobody|somebody|whoever|ours|theirs|anew|bears?|besides|mend|unsaid|unanswered|grave)\b"
)
MOST_WORDS = 20


def plain_sentence_faults(text: str) -> str:
    """Returns why a text is not made of plain sentences; empty if it is."""
    if not text:
        return "it is empty"
    if not text[0].isupper():
        return "it does not begin with a capital" if text[0] not in "`*" else "it has markup"
    if not text.endswith("."):
        return "it does not end with a full stop"
    if re.search(r"[`*]{1,2}\w|\]\(", text):
        return "it has markup"
    if word := DIALECT.search(text):
        return f"it has the word {word[0]}"
    for sentence in re.split(r"(?<=[.!?:;])\s+", text):
        if (count := len(sentence.split())) > MOST_WORDS:
            return f"it has a sentence of {count} words"
    return ""
