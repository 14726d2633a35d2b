"""Names of resources: addresses, references inside texts, and ids that may not exist yet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple, overload

# A reference inside a text. A name may contain dots, so the last dot separates the word before `}`.
# AWS allows braces in names. A reference cannot contain such a name, so texts keep the id or ARN of that resource.
REFERENCE = re.compile(r"\$\{(?P<kind>[A-Z]\w*)/(?P<name>[^{}]+)\.(?P<word>id|arn|stream)\}")

# The beginning of a text that readers would take for a reference.
LIKE_REFERENCE = re.compile(r"\$\{[A-Z]\w*/")

_PLAIN, _ESCAPED = (re.compile(dollars + r"(?=\{[A-Z]\w*/[^{}]+\.(?:id|arn|stream)\})") for dollars in (r"\$", r"\$\$"))

_ID = re.compile(r"arn:aws[\w-]*:.+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_id(text: str) -> bool:
    """Returns whether a text is an ARN or an id in Amazon Connect's form, and not a name.

    Other services identify resources by their names, so there a name is the id and needs no translation.
    """
    return _ID.fullmatch(text) is not None


class Ref(NamedTuple):
    """The address of one resource: kind and name, never an AWS id. A part's name begins with its parent's name."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}"


class Linked(str):
    """A text with references, `${Kind/name.arn}` or `.id`. Apply replaces them by AWS's ids, and `live` restores them.

    A plain `str` is sent unchanged, even if it looks like a reference, because an author's `$${` has become `${`.
    Therefore a plain `str` never equals a `Linked`.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Linked) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def reference_to(ref: Ref, word: str) -> str:
    """Returns `${Kind/name.word}`, or "" if that text does not read back as the same resource and word."""
    text = f"${{{ref}.{word}}}"
    match = REFERENCE.fullmatch(text)
    return text if match and (match["kind"], match["name"], match["word"]) == (*ref, word) else ""


@overload
def in_words(text: str) -> str: ...
@overload
def in_words(text: None) -> None: ...
def in_words(text: str | None) -> str | None:
    """Returns a text as an author writes it and reports show it.

    A plain text that looks like a reference gets its `$$` back.
    """
    if text is None:
        return None
    return str(text) if isinstance(text, Linked) or "${" not in text else _PLAIN.sub("$$", text)


@overload
def from_words(text: str) -> str: ...
@overload
def from_words(text: None) -> None: ...
def from_words(text: str | None) -> str | None:
    """Reverses `in_words`. Returns a `Linked` if the text refers to resources."""
    if text is None:
        return None
    plain = _ESCAPED.sub("$", text)
    return Linked(text) if plain == text and REFERENCE.search(text) else plain


@dataclass(frozen=True)
class IdOf:
    """An AWS id or ARN that may not exist yet. Apply fills it in.

    `qualifier` follows the id: `:$SAVED` names the draft of a flow.
    `is_number`: the call takes the number at the end of the id, as that of a module's version.
    """

    ref: Ref
    arn: bool = False
    qualifier: str = ""
    is_number: bool = False
