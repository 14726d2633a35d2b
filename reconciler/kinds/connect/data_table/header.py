"""Converts a cell as its author wrote it to the text that is sent to AWS, or to a fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from reconciler.kinds.connect.data_table.cells import Checker, Fault, checker, unfit
from reconciler.kinds.connect.data_table.spec import Attribute
from reconciler.kinds.wording import SHOWN, quoted
from reconciler.model import Key, Linked, Mode, Written, cells
from reconciler.model.cells import LISTS

Text = str | tuple[str, ...]


class Header:
    """The columns of a table by name, prepared for many cells. `None` is a column whose type cannot be read."""

    def __init__(self, attributes: Mapping[str, Attribute | None]) -> None:
        self.attributes = attributes
        self.known: Mapping[str, Attribute] = {name: one for name, one in attributes.items() if one}
        self.primaries = {name: one for name, one in self.known.items() if one.primary}

    @classmethod
    def of(cls, attributes: Iterable[Attribute]) -> Header:
        return cls({attribute.name: attribute for attribute in attributes})

    @cached_property
    def checkers(self) -> Mapping[str, Checker]:
        return {name: checker(attribute) for name, attribute in self.known.items()}

    @cached_property
    def written(self) -> frozenset[str]:
        """The attributes whose cells this tool writes. Keys are not cells."""
        others = (column for column in self.known.values() if not column.primary)
        return frozenset(column.name for column in others if column.ownership is not Mode.OBSERVED)

    @cached_property
    def observed(self) -> frozenset[str]:
        return frozenset(self.known) - frozenset(self.primaries) - self.written

    def faults(self, name: str, text: Text) -> tuple[Fault, ...]:
        """Returns the faults of a cell of a known attribute."""
        sent = self._sent(name, text)
        return (sent,) if isinstance(sent, Fault) else self.checkers[name](sent)

    def misfit(self, name: str, text: Text) -> str:
        """Returns why a text cannot be a value of the attribute, whatever its rules; empty if it can."""
        sent = self._sent(name, text)
        return sent.message if isinstance(sent, Fault) else ""

    def _sent(self, name: str, text: Text) -> str | Fault:
        """Returns the text to send, or the fault that prevents it."""
        attribute = self.known[name]
        value_type = attribute.value_type
        if isinstance(text, str) and text.startswith("=") and (attribute.primary or value_type in LISTS):
            where = "a primary attribute" if attribute.primary else f"a {value_type}"
            message = f"{quoted(text)} is an expression, which {where} cannot have"
            return Fault(message, f"are expressions, which {where} cannot have")
        if attribute.primary and isinstance(text, Linked):
            message = f"{quoted(text)} is a reference, and a key cannot have one; write the key itself"
            return Fault(message, "are references, and a key cannot have one; write the keys themselves")
        if text == "" and value_type in ("NUMBER", "BOOLEAN"):
            remedy = "leave the cell empty, without quotes, if it has no value"
            return Fault(f'valueType {value_type}: "" does not fit; {remedy}', f'are "", which does not fit; {remedy}')
        try:
            return wire(value_type, text)
        except ValueError:
            return unfit(value_type, text)

    def key(self, texts: Mapping[str, Text | None]) -> dict[str, str] | None:
        """Returns the primary values as they are sent; `None` if one is missing or does not fit its type."""
        try:
            return {name: wire(key.value_type, _present(texts.get(name))) for name, key in self.primaries.items()}
        except ValueError:
            return None

    def identity(self, key: Mapping[str, str]) -> tuple[str, ...]:
        return cells.identity(self._identifying, key)

    @cached_property
    def _identifying(self) -> tuple[Key, ...]:
        return cells.primary_keys(self.primaries.values())


def wire(value_type: str, text: Text) -> str:
    """Returns the text as it is sent, with its references. Raises `ValueError` if it does not fit the type."""
    if isinstance(text, str):
        sent = cells.wire(value_type, text)
        return Linked(sent) if isinstance(text, Linked) else sent
    if value_type not in LISTS:
        raise ValueError(f"a list is not a {value_type}")
    return cells.array(text) if value_type == "TEXT_LIST" else _numbers(text)


def _numbers(texts: tuple[str, ...]) -> str:
    for text in texts:
        cells.number(text)  # an item with a comma would be read as two
    return cells.wire("NUMBER_LIST", ",".join(texts))


def _present(text: Text | None) -> Text:
    if text is None:
        raise ValueError("absent")
    return text


def key_text(header: Header, row: Written) -> str:
    """Returns the name of a row in messages."""
    texts = ((name, row.texts.get(name)) for name in header.primaries)
    return cells.key_text(((name, _bare(text)) for name, text in texts if text is not None), "a row without key")


def _bare(text: Text) -> str:
    whole = text if isinstance(text, str) else ", ".join(text)
    return whole if len(whole) <= SHOWN else f"{whole[: SHOWN - 1]}…"
