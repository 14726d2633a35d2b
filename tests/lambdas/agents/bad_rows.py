"""Rows with one mistake each: the changed cells, the way to sign in, the column and the words of the message."""

from __future__ import annotations

from typing import NamedTuple

SECURITY = "security_profile_name_1|security_profile_name_2"
PHONE, TYPE, ACW = "phone number", "phone type (soft/desk)", "ACW timeout (seconds)"
ACCEPT, GROUP, GROUPS = "soft phone auto accept (yes/no)", "agent hierarchy", "user_hierarchy_1|user_hierarchy_2"
LOGIN, ROUTING = "user login", "routing profile name"


class BadRow(NamedTuple):
    cells: dict[str, str]
    column: str
    words: str
    identity_type: str = "CONNECT_MANAGED"


def bad(column: str, cell: str, words: str, way: str = "CONNECT_MANAGED", **more: str) -> BadRow:
    return BadRow({column: cell, **{name.replace("_", " "): text for name, text in more.items()}}, column, words, way)


PASSWORDS = ("short1A", "nodigitsHere", "nouppercase1", "NOLOWERCASE1", "with blank 1A", "x" * 62 + "1A" + "y", "•" * 9)
BAD_ROWS = (
    bad("first name", "", "is empty; write the name"),
    bad("first name", "x" * 256, "is not a name of up to 255 characters"),
    bad("first name", "A\x07", "has a control character; type it again"),
    bad("last name", "", "is empty; write the name"),
    bad("last name", "x" * 301, "is not a name of up to 300 characters"),
    bad(LOGIN, "", "is empty; write up to 100 letters"),
    bad(LOGIN, "ada byron", "is not a valid user name"),
    bad(LOGIN, "ada@", "is not a valid user name"),
    bad(LOGIN, "x" * 101, "is not a valid user name"),
    bad(LOGIN, "..", "is not a valid user name"),
    bad(LOGIN, "zoë", "is not a valid user name"),
    bad(LOGIN, "x" * 65, "has more than 64 characters, the most for SAML", "SAML"),
    bad("email address", "ada", "is not an e-mail address; write one such as ann@example.com"),
    bad("email address", "ada@example", "is not an e-mail address"),
    bad("email address", "ada@example.com", "is filled, but AWS takes none of users who sign in with SAML", "SAML"),
    bad("secondary email address", "a b@example.com", "is not an e-mail address"),
    bad("mobile", "5550100123", "is not a phone number in E.164 format"),
    bad("mobile", "1.5E+10", "is not a phone number in E.164 format; write one such as +15550100123"),
    bad("mobile", "+05550100123", "is not a phone number in E.164 format"),
    bad("mobile", "+1234567890123456", "is not a phone number in E.164 format"),
    *(bad("password", cell, "is not a password that Amazon Connect takes; write 8 to 64") for cell in PASSWORDS),
    bad("password", "Correct-horse-1", "is filled, but users of this instance sign in with SAML", "SAML"),
    bad("password", "Correct-horse-1", "sign in with a directory; empty the cell", "EXISTING_DIRECTORY"),
    bad(ROUTING, "", "is empty; write its name"),
    bad(ROUTING, "x" * 128, "is not the name of a routing profile"),
    bad(SECURITY, "", "is empty; write their names"),
    bad(SECURITY, "|", "is not a list of 1 to 10 security profiles; write their names with | between them"),
    bad(SECURITY, "|".join("abcdefghijk"), "is not a list of 1 to 10 security profiles"),
    bad(SECURITY, "x" * 128, "is not a list of 1 to 10 security profiles"),
    bad(GROUP, "/London/Sales|/Paris", "is not the path of one hierarchy group; write the groups from the top"),
    bad(GROUP, "a/b/c/d/e/f", "is not the path of one hierarchy group"),
    bad(GROUP, "/", "is not the path of one hierarchy group"),
    bad(GROUPS, "Paris", "is not the group of agent hierarchy", agent_hierarchy="London"),
    bad(TYPE, "hard", "is not soft or desk; write one"),
    bad(PHONE, "", "is empty, but a desk phone needs one", **{"phone_type_(soft/desk)": "desk"}),
    bad(PHONE, "0123", "is not a phone number in E.164 format", **{"phone_type_(soft/desk)": "desk"}),
    BadRow({TYPE: "", PHONE: "+15550100123"}, TYPE, "is empty, but there is a number; write soft or desk"),
    bad(ACCEPT, "maybe", "is not yes or no; write one"),
    bad(ACW, "1.5", "is not a number of seconds up to 2,000,000; write digits alone"),
    bad(ACW, "2000001", "is not a number of seconds up to 2,000,000"),
    bad(ACW, "-1", "is not a number of seconds up to 2,000,000"),
    bad(ACW, "30 s", "is not a number of seconds up to 2,000,000"),
    bad("tags", "London", "is not a list of tags; write keys and values such as Site:London|Team:Sales"),
    bad("tags", "A:1|A:2", "is not a list of tags"),
    bad("tags", "aws:x:1", "is not a list of tags"),
    bad("tags", "reconciler:stack:mine", "is not a list of tags"),
    bad("tags", "Site:" + "x" * 257, "is not a list of tags"),
    bad("tags", "|".join(f"k{number}:v" for number in range(51)), "is not a list of tags"),
)
