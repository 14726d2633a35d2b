"""The rules of phone numbers: what a manifest must say, and what of a number never changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.base import Declared
from reconciler.model import Problem, Ref, Resource
from reconciler.model.environment import Quota, Turnover

NUMBER, COUNTRY, TYPE, PREFIX = "phoneNumber", "phoneNumberCountryCode", "phoneNumberType", "prefix"
# Source of the turnover: service model, ClaimPhoneNumber.
NUMBERS = Quota(
    "phone number",
    "instance",
    service="connect",
    code="L-8F812903",
    key="phoneNumbersPerInstance",
    default=5,
    description="The most phone numbers of one instance.",
    turnover=Turnover(percent=200, days=180),
)


def problems(declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Yields what a claim lacks, and what contradicts itself."""
    number, prefix = declared.get(NUMBER), declared.get(PREFIX)
    if number is None:
        for key in (COUNTRY, TYPE):
            if declared.get(key) is None:
                message = f"a claim needs {COUNTRY} and {TYPE}; add {key}, or phoneNumber to adopt a number"
                yield Problem("error", (), message)
    if declared.get(COUNTRY) == "UK":
        yield Problem("error", (COUNTRY,), "the ISO code of the United Kingdom is GB; write GB")
    if isinstance(number, str) and isinstance(prefix, str) and not number.startswith(prefix):
        yield Problem("error", (PREFIX,), f"{number} does not begin with {prefix}; delete prefix")


def problems_of_twins(declared: Declared) -> Iterator[tuple[Ref, Problem]]:
    """Yields each manifest that adopts the same number as another one."""
    first: dict[str, Ref] = {}
    for ref, spec in sorted(declared.items()):
        number = spec.get(NUMBER)
        if ref.kind != "PhoneNumber" or not isinstance(number, str):
            continue
        if number in first:
            yield ref, Problem("error", (NUMBER,), f"{first[number]} adopts {number} too; delete one of the two")
        first.setdefault(number, ref)


def missing(ref: Ref, number: str, there: Mapping[Ref, Resource]) -> str:
    """Returns why a manifest that names a number is about none: no instance has it, or this one under another name."""
    for other, spec in sorted(there.items()):
        if other != ref and getattr(spec, "phone_number", None) == number:
            return f"{number} is managed as {other}; declare it under that name, or with renamedFrom: {other.name}"
    return (
        f"{number} is not a number of this instance, nor of another one that the role may list, and a claim cannot "
        "choose it. AWS lists the numbers of a traffic distribution group apart, and no run moves those. Correct it, "
        f"or delete phoneNumber and declare {COUNTRY} and {TYPE} to claim another number"
    )


def unreachable(declared: Any, live: Any) -> str:
    """Returns which declared property the live number does not have. AWS changes none of them."""
    has = {
        NUMBER: (declared.phone_number, live.phone_number),
        COUNTRY: (declared.phone_number_country_code, live.phone_number_country_code),
        TYPE: (declared.phone_number_type, live.phone_number_type),
    }
    differing = [f"{key} {wanted}" for key, (wanted, is_live) in has.items() if wanted not in (None, is_live)]
    if declared.prefix and not str(live.phone_number).startswith(declared.prefix):
        differing.append(f"{PREFIX} {declared.prefix}")
    if not differing:
        return ""
    kind_of_number = f"{live.phone_number_country_code} {live.phone_number_type} number"
    return (
        f"it is {live.phone_number}, a {kind_of_number}, and no claimed number gets {' and '.join(differing)}; claim "
        "another number under another name, and release this one later, if at all"
    )
