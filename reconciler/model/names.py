"""What a thing is called: an address, a reference inside a text, an id that may not exist yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, overload

# A reference inside a text. A name may hold dots, so the last one is the word before `}`. AWS allows braces in names;
# a name with one cannot stand in a reference, and texts keep the id or ARN of its resource.
REFERENCE = re.compile(r"\$\{(?P<kind>[A-Z]\w*)/(?P<name>[^{}]+)\.(?P<word>id|arn)\}")

# The beginning of what a reader of the text would take for a reference.
LIKE_REFERENCE = re.compile(r"\$\{[A-Z]\w*/")

_PLAIN, _ESCAPED = (re.compile(dollars + r"(?=\{[A-Z]\w*/[^{}]+\.(?:id|arn)\})") for dollars in (r"\$", r"\$\$"))

_ID = re.compile(r"arn:aws[\w-]*:.+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_id(text: str) -> bool:
    """Whether a text is an ARN, or an id as Amazon Connect makes them, rather than a name."""
    return _ID.fullmatch(text) is not None


class Ref(NamedTuple):
    """The address of one resource: kind and name, never an AWS id. A part has its parent's name before its own."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Linked(str):
    """A text that holds references, `${Kind/name.arn}` or `.id`: apply puts AWS's ids in, live takes them out.

    A plain `str` is sent as it is, even where it looks like a reference (an author's `$${` has become `${`), and so it
    never equals one of these.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Linked) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def reference_to(ref: Ref, word: str) -> str:
    """Returns `${Kind/name.word}`, or "" where that text would not read back to the same resource and word."""
    text = f"${{{ref}.{word}}}"
    found = REFERENCE.fullmatch(text)
    return text if found and (found["kind"], found["name"], found["word"]) == (*ref, word) else ""


@overload
def in_words(text: str) -> str: ...
@overload
def in_words(text: None) -> None: ...
def in_words(text: str | None) -> str | None:
    """A text as an author writes it, and reports tell it: what only looks like a reference has its `$$` again."""
    if text is None:
        return None
    return str(text) if isinstance(text, Linked) or "${" not in text else _PLAIN.sub("$$", text)


@overload
def from_words(text: str) -> str: ...
@overload
def from_words(text: None) -> None: ...
def from_words(text: str | None) -> str | None:
    """The way back: `Linked` where the text names resources."""
    if text is None:
        return None
    plain = _ESCAPED.sub("$", text)
    return Linked(text) if plain == text and REFERENCE.search(text) else plain


@dataclass(frozen=True)
class IdOf:
    """An AWS id or ARN that may not exist yet; apply fills it in."""

    ref: Ref
    arn: bool = False
