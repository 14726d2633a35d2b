"""What an author wrote in a cell → the text that goes over the wire, or why it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from reconciler import cells
from reconciler.cells import LISTS
from reconciler.kinds.connect.cell_rules import Checker, Fault, checker, unfit
from reconciler.kinds.connect.table_spec import Attribute
from reconciler.kinds.wording import SHOWN, quoted
from reconciler.model import Linked, Mode, Written

Text = str | tuple[str, ...]


class Header:
    """The columns of a table by name, made ready for many cells. `None`: declared, but its type cannot be read."""

    def __init__(self, attributes: Mapping[str, Attribute | None]) -> None:
        self.attributes = attributes
        self.known: Mapping[str, Attribute] = {name: each for name, each in attributes.items() if each}
        self.primaries = {name: each for name, each in self.known.items() if each.primary}

    @classmethod
    def of(cls, attributes: Iterable[Attribute]) -> Header:
        return cls({attribute.name: attribute for attribute in attributes})

    @cached_property
    def checkers(self) -> Mapping[str, Checker]:
        return {name: checker(attribute) for name, attribute in self.known.items()}

    @cached_property
    def ours(self) -> frozenset[str]:
        """The attributes whose cells we write; keys are no cells."""
        others = (each for each in self.known.values() if not each.primary and each.ownership is not Mode.OBSERVED)
        return frozenset(each.name for each in others)

    @cached_property
    def observed(self) -> frozenset[str]:
        return frozenset(self.known) - frozenset(self.primaries) - self.ours

    def faults(self, name: str, text: Text) -> tuple[Fault, ...]:
        """What is wrong with a cell of a known attribute."""
        sent = self._sent(name, text)
        return (sent,) if isinstance(sent, Fault) else self.checkers[name](sent)

    def misfit(self, name: str, text: Text) -> str:
        """Why a text cannot stand in the attribute whatever its rules; empty where it can."""
        sent = self._sent(name, text)
        return sent.message if isinstance(sent, Fault) else ""

    def _sent(self, name: str, text: Text) -> str | Fault:
        """The wire text, or why there is none."""
        attribute = self.known[name]
        value_type = attribute.value_type
        if isinstance(text, str) and text.startswith("=") and (attribute.primary or value_type in LISTS):
            where = "a primary attribute" if attribute.primary else f"a {value_type}"
            message = f"{quoted(text)} is an expression, which cannot stand in {where}"
            return Fault(message, f"are expressions, which cannot stand in {where}")
        if attribute.primary and isinstance(text, Linked):
            message = f"{quoted(text)} is a reference, and a key can hold none; write the key itself"
            return Fault(message, "are references, and a key can hold none; write the keys themselves")
        if text == "" and value_type in ("NUMBER", "BOOLEAN"):
            remedy = "leave the cell empty, without quotes, for absent"
            return Fault(f'valueType {value_type}: "" is none; {remedy}', f'are "", which is none; {remedy}')
        try:
            return wire(value_type, text)
        except ValueError:
            return unfit(value_type, text)

    def key(self, texts: Mapping[str, Text | None]) -> dict[str, str] | None:
        """The primary values as they are sent; `None` where one is missing or does not fit its type."""
        try:
            return {name: wire(each.value_type, _present(texts.get(name))) for name, each in self.primaries.items()}
        except ValueError:
            return None

    def identity(self, key: Mapping[str, str]) -> tuple[str, ...]:
        return cells.identity(self._identifying, key)

    @cached_property
    def _identifying(self) -> list[tuple[str, str, bool]]:
        return [(name, each.value_type, each.validation.ignore_case) for name, each in self.primaries.items()]


def wire(value_type: str, text: Text) -> str:
    """The text as it is sent; one with references stays one. Raises `ValueError` where it does not fit the type."""
    if isinstance(text, str):
        sent = cells.wire(value_type, text)
        return Linked(sent) if isinstance(text, Linked) else sent
    if value_type not in LISTS:
        raise ValueError(f"a list is no {value_type}")
    return cells.array(text) if value_type == "TEXT_LIST" else _numbers(text)


def _numbers(texts: tuple[str, ...]) -> str:
    for text in texts:
        cells.number(text)  # an item with a comma of its own would read as two
    return cells.wire("NUMBER_LIST", ",".join(texts))


def _present(text: Text | None) -> Text:
    if text is None:
        raise ValueError("absent")
    return text


def key_text(header: Header, row: Written) -> str:
    """A row as messages name it."""
    said = (f"{name}={_bare(text)}" for name in header.primaries if (text := row.texts.get(name)) is not None)
    return ", ".join(said) or "a row without key"


def _bare(text: Text) -> str:
    whole = text if isinstance(text, str) else ", ".join(text)
    return whole if len(whole) <= SHOWN else f"{whole[: SHOWN - 1]}…"
