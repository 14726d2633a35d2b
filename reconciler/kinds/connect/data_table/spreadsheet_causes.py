"""Guesses which change by a spreadsheet made a cell break a rule, with the remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from reconciler.kinds.connect.data_table.spec import Attribute

AS_TEXT = "Format the column as Text"
_ZEROS = f"leading zeros lost? {AS_TEXT}"
_DATE = f"a date that a spreadsheet has reformatted? {AS_TEXT}"
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATES = re.compile(rf"\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}( 0?0:00(:00)?)?|\d{{1,2}}-({_MONTH})(-\d{{2,4}})?")
_SHORTENED = re.compile(r"\d([.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_ERRORS = re.compile(r"#(N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!|NV|WERT!|BEZUG!)")
_NUMBERS: Mapping[str, re.Pattern[str]] = {
    "a thousands separator, or a decimal comma? Write 1234 or 1.234": re.compile(r"[+-]?\d{1,3},\d{3}"),
    "thousands separators? Write 1234567 or 1234.5": re.compile(r"[+-]?\d{1,3}([.,' \u00a0\u202f]\d{3})+([.,]\d+)?"),
    "a decimal comma? Write 8.5": re.compile(r"[+-]?\d+,\d+"),
    "a percentage? Write 0.085 for 8.5%": re.compile(r"[+-]?\d+([.,]\d+)?\s?%"),
    "a currency sign? Write the number alone": re.compile(r"[$€£¥]\s?[+-]?\d[\d.,]*|[+-]?\d[\d.,]*\s?[$€£¥]"),
}
# Words for true and false in other languages and spreadsheets.
_TRUTHS = re.compile(r"wahr|falsch|vrai|faux|verdadero|falso|vero|ja|nein|oui|non|s[ií]|yes|no|[yn01x]|on|off")


def probable_cause(attribute: Attribute, text: str) -> str:
    """Returns the probable cause of a text that breaks a rule of the attribute; empty if none is known."""
    bare = text.strip()
    if _ERRORS.fullmatch(bare):
        return "a formula's error? Correct it in the spreadsheet, and export the values again"
    cause = _BY_TYPE.get(attribute.value_type)
    return cause(attribute, bare) if cause else ""


def _of_text(attribute: Attribute, text: str) -> str:
    rules = attribute.validation
    if text.isdecimal() and text.isascii():
        width = max([rules.min_length or 0, *(len(value) for value in (rules.enum.values if rules.enum else ()))])
        padded = text.zfill(width)
        fits = rules.enum is None or not rules.enum.strict or padded in rules.enum.values
        return _ZEROS if len(text) < width and fits else ""
    if _SHORTENED.fullmatch(text):
        return f"a number that a spreadsheet has shortened? {AS_TEXT}"
    return _DATE if _DATES.fullmatch(text) else ""


def _of_number(attribute: Attribute, text: str) -> str:
    return next((cause for cause, pattern in _NUMBERS.items() if pattern.fullmatch(text)), "")


def _of_boolean(attribute: Attribute, text: str) -> str:
    return "write true or false, whatever the spreadsheet's language" if _TRUTHS.fullmatch(text.casefold()) else ""


_BY_TYPE: Mapping[str, Callable[[Attribute, str], str]] = {
    "TEXT": _of_text,
    "NUMBER": _of_number,
    "BOOLEAN": _of_boolean,
}
