"""Files of the console's bulk upload, in every form of their header."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

MANAGED = (
    *("first name", "last name", "email address", "password", "user login", "routing profile name"),
    *("security_profile_name_1|security_profile_name_2", "phone type (soft/desk)", "phone number"),
    *("soft phone auto accept (yes/no)", "ACW timeout (seconds)"),
)
SAML = tuple(name for name in MANAGED if name not in ("email address", "password"))
OLDER = (*MANAGED[:3], "secondary email address", "mobile", *MANAGED[3:])
NEWEST = (
    *(*OLDER[:7], "agent hierarchy", "routing profile name", "security_profile_name_1|security_profile_name_2"),
    *("user_hierarchy_1|user_hierarchy_2", *OLDER[9:], "tags"),
)
WITH_HIERARCHY = (*MANAGED, "UserHierarchy")
HEADERS = {"managed": MANAGED, "saml": SAML, "older": OLDER, "newest": NEWEST, "hierarchy": WITH_HIERARCHY}
SECRET = "Correct-horse-1"  # noqa: S105 - the sandbox keeps no password

ADA: Mapping[str, str] = {
    "first name": "Ada",
    "last name": "Byron",
    "user login": "ada",
    "routing profile name": "Basic Routing Profile",
    "security_profile_name_1|security_profile_name_2": "CallCenterManager|Agent",
    "phone type (soft/desk)": "soft",
    "soft phone auto accept (yes/no)": "yes",
    "ACW timeout (seconds)": "30",
}
MARY: Mapping[str, str] = {
    "first name": "Mary",
    "last name": "Major",
    "user login": "mary",
    "routing profile name": "Basic Routing Profile",
    "security_profile_name_1|security_profile_name_2": "Agent",
    "phone type (soft/desk)": "DESK_PHONE",
    "phone number": "+1 (555) 010-0123",
    "soft phone auto accept (yes/no)": "no",
    "ACW timeout (seconds)": "0",
}


def agent_csv(
    header: Sequence[str] = SAML,
    rows: Iterable[Mapping[str, str]] = (ADA, MARY),
    *,
    separator: str = ",",
    newline: str = "\n",
) -> str:
    """Returns the text of a file. Cells outside the header are left out, others are empty."""
    lines = [header, *([row.get(name, "") for name in header] for row in rows)]
    return "".join(separator.join(map(_quoted, line)) + newline for line in lines)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if set(cell) & set(',;\t"\n') else cell
