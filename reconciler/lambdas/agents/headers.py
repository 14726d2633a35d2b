"""The columns of a spreadsheet of agents, as the console's bulk upload names them, and how a header is recognised.

The names come from the administrator guide ("Add users in bulk") and from public programs that write such files. Case,
spaces, punctuation and order do not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NamedTuple

from reconciler.lambdas.agents import cells
from reconciler.lambdas.agents.cells import folded


class Column(NamedTuple):
    """One column.

    `field` is the field of an `Agent`, or `password`. `read` turns a cell into its value, or raises `ValueError`.
    `what` and `remedy` are the parts of a message about a cell. `words` are the folded names that files use.
    """

    name: str
    field: str
    words: tuple[str, ...]
    what: str
    remedy: str
    read: Callable[[str], Any]
    is_required: bool = False  # the column must be in the file
    is_filled: bool = False  # no row leaves it empty


_MAIL = "an e-mail address", "write one such as ann@example.com"
_PHONE = "a phone number in E.164 format", "write one such as +15550100123, with + and the country code"
_PATH = "the path of one hierarchy group", "write the groups from the top, such as London/Sales"
_SECURITY = "a list of 1 to 10 security profiles", "write their names with | between them"
_USER = "a valid user name", "write up to 100 letters, digits and _ . - @; with an @, write a whole e-mail address"
_TAGS = "a list of tags", "write keys and values such as Site:London|Team:Sales"
_PASSWORD = (
    "a password that Amazon Connect takes",
    "write 8 to 64 characters with a lower-case letter, an upper-case letter and a digit, and without blanks",
)
_ACW = (
    *("acwtimeout", "acw", "acwtimelimit", "aftercontactworktimeout", "aftercontactworktimelimit"),
    *("acwtimeoutseconds", "aftercallwork", "aftercallworktimeout", "aftercontactwork"),
)

LOGIN = Column(
    "user login", "username", ("userlogin", "login", "username", "loginname"), *_USER, cells.username, True, True
)
FIRST_NAME = Column(
    "first name",
    "first_name",
    ("firstname", "givenname"),
    "a name of up to 255 characters",
    "write the name",
    cells.first_name,
    is_filled=True,
)
LAST_NAME = Column(
    "last name",
    "last_name",
    ("lastname", "surname", "familyname"),
    "a name of up to 300 characters",
    "write the name",
    cells.last_name,
    is_filled=True,
)
EMAIL = Column("email address", "email", ("emailaddress", "email"), *_MAIL, cells.email)
PASSWORD = Column("password", "password", ("password",), *_PASSWORD, cells.password)
ROUTING_PROFILE = Column(
    "routing profile name",
    "routing_profile",
    ("routingprofilename", "routingprofile"),
    "the name of a routing profile",
    "write its name",
    cells.profile,
    is_required=True,
    is_filled=True,
)
SECURITY_PROFILES = Column(
    "security_profile_name_1|security_profile_name_2",
    "security_profiles",
    ("securityprofilename", "securityprofile", "securityprofilenames", "securityprofiles"),
    *_SECURITY,
    cells.names,
    True,
    True,
)
AGENT_HIERARCHY = Column("agent hierarchy", "hierarchy_group", ("agenthierarchy",), *_PATH, cells.group)
USER_HIERARCHY = Column(
    "user_hierarchy_1|user_hierarchy_2",
    "hierarchy_group",
    ("userhierarchy", "hierarchy", "hierarchygroup", "hierarchypath"),
    *_PATH,
    cells.group,
)
PHONE_TYPE = Column(
    "phone type (soft/desk)",
    "phone_type",
    ("phonetype", "phonetypesoftdesk"),
    "soft or desk",
    "write one",
    cells.phone_type,
)
PHONE_NUMBER = Column(
    "phone number", "desk_phone_number", ("phonenumber", "deskphonenumber", "deskphone"), *_PHONE, cells.phone
)
# In the order of a manifest.
COLUMNS = (
    LOGIN,
    FIRST_NAME,
    LAST_NAME,
    EMAIL,
    Column(
        "secondary email address",
        "secondary_email",
        ("secondaryemailaddress", "secondaryemail"),
        *_MAIL,
        cells.email,
    ),
    Column("mobile", "mobile", ("mobile", "mobilenumber", "mobilephone"), *_PHONE, cells.phone),
    PASSWORD,
    ROUTING_PROFILE,
    SECURITY_PROFILES,
    AGENT_HIERARCHY,
    USER_HIERARCHY,
    PHONE_TYPE,
    Column(
        "soft phone auto accept (yes/no)",
        "auto_accept",
        ("softphoneautoaccept", "autoaccept", "softphoneautoacceptyesno"),
        "yes or no",
        "write one",
        cells.flag,
    ),
    Column(
        "ACW timeout (seconds)",
        "after_contact_work_seconds",
        _ACW,
        "a number of seconds up to 2,000,000",
        "write digits alone, such as 30",
        cells.seconds,
    ),
    PHONE_NUMBER,
    Column("tags", "tags", ("tags", "tag"), *_TAGS, cells.tags),
)
_BY_WORD: Mapping[str, Column] = {word: column for column in COLUMNS for word in column.words}
FEWEST = 3  # known columns that make a file one of agents; a row of values has fewer
# A file of agents has two of them. Lists of customers and orders have names, addresses and numbers, too.
_OF_AGENTS = (LOGIN, ROUTING_PROFILE, SECURITY_PROFILES)


@dataclass(frozen=True)
class Header:
    """The columns of a file, with the index of each, and why its rows cannot be read.

    `ignored` are the names of columns that no agent has.
    """

    columns: Mapping[Column, int]
    width: int
    problems: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def column_of(name: str) -> Column | None:
    return _BY_WORD.get(folded(name))


def known_columns(names: Sequence[str]) -> set[str]:
    """Returns the names of the columns that are known."""
    columns = [column_of(name) for name in names]
    return {column.name for column in columns if column}


def is_of_agents(names: Sequence[str]) -> bool:
    """Returns whether a header is one of agents: at least three known columns, two of them of agents alone."""
    known = known_columns(names)
    return len(known) >= FEWEST and sum(column.name in known for column in _OF_AGENTS) >= 2


def read_header(names: Sequence[str]) -> Header:
    """Reads the header. A name that is nearly a known one, a repeated column and a missing one are problems."""
    columns: dict[Column, int] = {}
    problems: list[str] = []
    ignored: list[str] = []
    for at, text in enumerate(names):
        name, column = " ".join(text.split()), column_of(text)
        if column and column not in columns:
            columns[column] = at
        elif column:
            problems.append(f'the column "{column.name}" is repeated; delete one of them')
        elif name and (near := _near(name)):
            problems.append(f'column {at + 1} is unknown; rename it to "{near}", or delete it')
        elif name:
            ignored.append(f"column {at + 1}")
    for column in COLUMNS:
        if column.is_required and column not in columns:
            problems.append(f'the column "{column.name}" is missing; add it')
    return Header(columns, len(names), tuple(problems), tuple(ignored))


def _near(name: str) -> str:
    """Returns the known column that a misspelt name means; empty if there is none."""
    near = get_close_matches(folded(name), _BY_WORD, n=1, cutoff=0.8)
    return _BY_WORD[near[0]].name if near else ""
