"""The columns of the console's agent CSV: their names, and how a cell becomes a field of a user.

The names come from the administrator guide ("Add users in bulk") and from public programs that write such files.
AWS does not document the cells of `tags` and of the hierarchy columns, so several forms are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar
from unicodedata import normalize

T = TypeVar("T")

FEWEST = 3  # known columns that make a file an agent CSV; a row of values has fewer
_IN_PARENTHESES = re.compile(r"\([^)]*\)")
_NO_LETTER = re.compile(r"[\W\d_]+")
_REPEATED = re.compile(r"(.+?)\1+")
_BETWEEN_DIGITS = re.compile(r"[\s().-]+")
_SECONDS = re.compile(r"[0-9]{1,9}")


class AgentColumn(NamedTuple):
    """One column.

    `path` leads to the field of a user. `read` turns a cell into its value, or raises `ValueError` without it.
    `what` and `remedy` are the parts of a message about a cell. `words` are the folded names that files use.
    """

    name: str
    path: tuple[str, ...]
    words: tuple[str, ...]
    what: str
    remedy: str
    read: Callable[[str], Any] = str
    is_required: bool = False  # the column must be in the file
    is_filled: bool = False  # no row leaves it empty


def folded(name: str) -> str:
    """Returns the letters of a column's name, without case, numbers, repetitions and texts in parentheses.

    `security_profile_name_1|security_profile_name_2` and `Security Profile Name` are the same.
    """
    letters = _NO_LETTER.sub("", _IN_PARENTHESES.sub("", name)).casefold()
    repeated = _REPEATED.fullmatch(letters)
    return repeated[1] if repeated else letters


def column_of(name: str) -> AgentColumn | None:
    word = folded(name)
    return next((column for column in COLUMNS if word in column.words), None)


def known_columns(names: Sequence[str]) -> set[str]:
    """Returns the names of the columns that are known."""
    columns = [column_of(name) for name in names]
    return {column.name for column in columns if column}


def _name(cell: str) -> str:
    return normalize("NFC", cell)  # AWS refuses combining characters


def _number(cell: str) -> str:
    return _BETWEEN_DIGITS.sub("", cell)


def _seconds(cell: str) -> int:
    if not _SECONDS.fullmatch(cell):
        raise ValueError
    return int(cell)


def _phone_type(cell: str) -> str:
    return _meaning(cell, {"SOFT_PHONE": ("soft", "softphone"), "DESK_PHONE": ("desk", "deskphone")})


def _flag(cell: str) -> bool:
    return _meaning(cell, {True: ("yes", "y", "true"), False: ("no", "n", "false")})


def _meaning(cell: str, words: Mapping[T, Sequence[str]]) -> T:
    for meaning, choices in words.items():
        if folded(cell) in choices:
            return meaning
    raise ValueError


def _parts(cell: str, mark: str = "|") -> list[str]:
    """Returns the parts of a cell. Empty ones are left out, as the second name in `Agent|`."""
    parts = [part.strip() for part in cell.split(mark)]
    return [part for part in parts if part]


def _names(cell: str) -> list[str]:
    if not (names := list(dict.fromkeys(_parts(cell)))):
        raise ValueError
    return names


def _group(cell: str) -> str:
    """Returns the path of a hierarchy group. Files separate its levels by / or by |."""
    if "/" in cell and "|" in cell:
        raise ValueError
    if not (levels := _parts(cell, "/" if "/" in cell else "|")):
        raise ValueError
    return "/".join(levels)


def _tags(cell: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    for part in _names(cell):
        key, colon, value = (text.strip() for text in part.partition(":"))
        if not key or not colon or key in tags:
            raise ValueError
        tags[key] = value
    return tags


_MAIL = "an e-mail address", "write one such as ann@example.com"
_PHONE = "a phone number in E.164 format", "write one such as +15550100123, with + and the country code"
_PATH = "the path of one hierarchy group", "write the groups from the top, such as London/Sales"
_SECURITY = "a list of 1 to 10 security profiles", "write their names with | between them"
_USER = "a valid user name", "write up to 100 letters, digits and _ . - @; with an @, write a whole e-mail address"
_TAGS = "a list of tags", "write keys and values such as Site:London|Team:Sales"
_ACW = "acwtimeout", "acw", "acwtimelimit", "aftercontactworktimeout", "aftercontactworktimelimit"
_FIRST, _LAST = (("identityInfo", word) for word in ("firstName", "lastName"))

LOGIN = AgentColumn(
    "user login", ("name",), ("userlogin", "login", "username"), *_USER, is_required=True, is_filled=True
)
PASSWORD = AgentColumn("password", (), ("password",), "a password", "delete it")
AGENT_HIERARCHY = AgentColumn("agent hierarchy", ("hierarchyGroup",), ("agenthierarchy",), *_PATH, _group)
USER_HIERARCHY = AgentColumn(
    "user_hierarchy_1|user_hierarchy_2",
    ("hierarchyGroup",),
    ("userhierarchy", "hierarchy", "hierarchygroup", "hierarchypath"),
    *_PATH,
    _group,
)
PHONE_TYPE = AgentColumn(
    "phone type (soft/desk)", ("phoneConfig", "phoneType"), ("phonetype",), "soft or desk", "write one", _phone_type
)
PHONE_NUMBER = AgentColumn(
    "phone number", ("phoneConfig", "deskPhoneNumber"), ("phonenumber", "deskphonenumber"), *_PHONE, _number
)
# In the order of a manifest.
COLUMNS = (
    LOGIN,
    AgentColumn(
        "first name", _FIRST, ("firstname",), "a name of up to 255 characters", "write the name", _name, is_filled=True
    ),
    AgentColumn(
        "last name", _LAST, ("lastname",), "a name of up to 300 characters", "write the name", _name, is_filled=True
    ),
    AgentColumn("email address", ("identityInfo", "email"), ("emailaddress", "email"), *_MAIL),
    AgentColumn(
        "secondary email address",
        ("identityInfo", "secondaryEmail"),
        ("secondaryemailaddress", "secondaryemail"),
        *_MAIL,
    ),
    AgentColumn("mobile", ("identityInfo", "mobile"), ("mobile", "mobilenumber", "mobilephone"), *_PHONE, _number),
    PASSWORD,
    AgentColumn(
        "routing profile name",
        ("routingProfile",),
        ("routingprofilename", "routingprofile"),
        "the name of a routing profile",
        "write its name",
        is_required=True,
        is_filled=True,
    ),
    AgentColumn(
        "security_profile_name_1|security_profile_name_2",
        ("securityProfiles",),
        ("securityprofilename", "securityprofile", "securityprofilenames", "securityprofiles"),
        *_SECURITY,
        _names,
        is_required=True,
        is_filled=True,
    ),
    AGENT_HIERARCHY,
    USER_HIERARCHY,
    PHONE_TYPE,
    AgentColumn(
        "soft phone auto accept (yes/no)",
        ("phoneConfig", "autoAccept"),
        ("softphoneautoaccept", "autoaccept"),
        "yes or no",
        "write one",
        _flag,
    ),
    AgentColumn(
        "ACW timeout (seconds)",
        ("phoneConfig", "afterContactWorkTimeLimit"),
        _ACW,
        "a number of seconds up to 2,000,000",
        "write digits alone, such as 30",
        _seconds,
    ),
    PHONE_NUMBER,
    AgentColumn("tags", ("tags",), ("tags", "tag"), *_TAGS, _tags),
)
