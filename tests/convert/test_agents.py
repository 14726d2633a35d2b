"""The console's agent CSV: its columns, its cells, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.convert import Roster, read_agents
from reconciler.documents.nodes import plain
from reconciler.errors import ManifestError, UsageError
from tests.builders.agent_files import ADA, HEADERS, MANAGED, MARY, NEWEST, SAML, SECRET, WITH_HIERARCHY, agent_csv

SECURITY = "security_profile_name_1|security_profile_name_2"


@pytest.fixture
def csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return Path("agents.csv")


def roster(csv: Path, text: str, encoding: str = "utf-8") -> Roster:
    csv.write_bytes(text.encode(encoding))
    return read_agents(csv)


def specs(csv: Path, text: str, encoding: str = "utf-8") -> dict[str, Any]:
    return {agent.name: plain(agent.spec) for agent in roster(csv, text, encoding).agents}


def spec(csv: Path, header: tuple[str, ...], **cells: str) -> Any:
    """Returns the spec of Ada with other cells; `_` stands for a blank."""
    named = {name.replace("_", " "): text for name, text in cells.items()}
    return specs(csv, agent_csv(header, [{**ADA, **named}]))["ada"]


def mistakes(csv: Path, text: str) -> list[str]:
    with pytest.raises(ManifestError) as raised:
        roster(csv, text)
    return [str(mistake) for mistake in raised.value.mistakes]


def test_a_row_becomes_a_user(csv: Path) -> None:
    found = specs(csv, agent_csv())

    assert found == {
        "ada": {
            "identityInfo": {"firstName": "Ada", "lastName": "Byron"},
            "routingProfile": "Basic Routing Profile",
            "securityProfiles": ["CallCenterManager", "Agent"],
            "phoneConfig": {"phoneType": "SOFT_PHONE", "autoAccept": True, "afterContactWorkTimeLimit": 30},
        },
        "mary": {
            "identityInfo": {"firstName": "Mary", "lastName": "Major"},
            "routingProfile": "Basic Routing Profile",
            "securityProfiles": ["Agent"],
            "phoneConfig": {
                "phoneType": "DESK_PHONE",
                "autoAccept": False,
                "afterContactWorkTimeLimit": 0,
                "deskPhoneNumber": "+15550100123",
            },
        },
    }


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_every_header_of_the_console_is_known(csv: Path, header: tuple[str, ...]) -> None:
    assert specs(csv, agent_csv(header)) == specs(csv, agent_csv(SAML))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_separators_line_ends_and_marks_do_not_matter(csv: Path, separator: str, newline: str, encoding: str) -> None:
    text = agent_csv(separator=separator, newline=newline)

    assert specs(csv, text, encoding) == specs(csv, agent_csv())


@pytest.mark.parametrize(
    "name",
    [
        *("Phone Type (soft/desk)", " phone  type ", '"phone type\n(soft/desk)"', "PHONE_TYPE", "phoneType"),
        *("phone type", "Phone-Type"),
    ],
)
def test_case_spaces_and_line_ends_in_a_header_do_not_matter(csv: Path, name: str) -> None:
    text = agent_csv().replace("phone type (soft/desk)", name)

    assert specs(csv, text) == specs(csv, agent_csv())


def test_columns_in_another_order_give_the_same_fields_in_the_same_order(csv: Path) -> None:
    backwards = specs(csv, agent_csv(tuple(reversed(SAML))))

    assert str(backwards) == str(specs(csv, agent_csv()))


def test_the_newest_header_has_addresses_a_group_and_tags(csv: Path) -> None:
    found = spec(
        csv,
        NEWEST,
        email_address="ada@example.com",
        secondary_email_address="byron@example.com",
        mobile="+44 20 7946 0123",
        agent_hierarchy="/London/Sales/",
        tags="Site:London | Team:Sales:Night",
    )

    addresses = {"email": "ada@example.com", "secondaryEmail": "byron@example.com", "mobile": "+442079460123"}
    assert found["identityInfo"] == {"firstName": "Ada", "lastName": "Byron", **addresses}
    assert found["hierarchyGroup"] == "London/Sales"
    assert found["tags"] == {"Site": "London", "Team": "Sales:Night"}


@pytest.mark.parametrize("cell", ["London/Sales", "London|Sales", "/London / Sales", "London|Sales|"])
def test_a_group_is_a_path_from_the_top(csv: Path, cell: str) -> None:
    assert spec(csv, WITH_HIERARCHY, UserHierarchy=cell)["hierarchyGroup"] == "London/Sales"


def test_two_columns_may_name_the_same_group(csv: Path) -> None:
    row = {**ADA, "agent hierarchy": "/London", "user_hierarchy_1|user_hierarchy_2": "London"}

    assert specs(csv, agent_csv(NEWEST, [row]))["ada"]["hierarchyGroup"] == "London"


def test_two_columns_with_two_groups_are_a_mistake(csv: Path) -> None:
    row = {**ADA, "agent hierarchy": "London", "user_hierarchy_1|user_hierarchy_2": "Paris"}

    assert mistakes(csv, agent_csv(NEWEST, [row])) == [
        "agents.csv:2:72: row 2, user_hierarchy_1|user_hierarchy_2: is not the group of agent hierarchy; "
        "write the same path in both columns, or in one of them"
    ]


def test_passwords_are_counted_and_not_kept(csv: Path) -> None:
    text = agent_csv(MANAGED, [{**ADA, "password": SECRET}, MARY])

    found = roster(csv, text)

    assert found.has_passwords
    assert SECRET not in repr(found)
    assert found.findings[0].message.startswith("1 row has a password; passwords are never converted")


def test_a_number_of_a_soft_phone_is_not_converted_and_noted(csv: Path) -> None:
    found = roster(csv, agent_csv(rows=[{**ADA, "phone number": "123"}, MARY]))

    assert "deskPhoneNumber" not in plain(found.agents[0].spec)["phoneConfig"]
    assert [str(finding.source) for finding in found.findings] == ["agents.csv:2:66"]
    assert found.findings[0].message.startswith("1 row with a soft phone has a phone number")


def test_names_are_composed_because_aws_refuses_combining_characters(csv: Path) -> None:
    found = specs(csv, agent_csv(rows=[{**ADA, "last name": "Gro\u0308ße"}]))

    assert found["ada"]["identityInfo"]["lastName"] == "Größe"


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("first name", "", "is empty; write the name"),
        ("last name", "x" * 301, "is not a name of up to 300 characters"),
        ("user login", "", "is empty; write up to 100 letters"),
        ("user login", "ada byron", "is not a valid user name"),
        ("user login", "ada@", "is not a valid user name"),
        ("routing profile name", " ", "is empty; write its name"),
        (SECURITY, "|", "is not a list of 1 to 10 security profiles; write their names with | between them"),
        (SECURITY, "|".join("abcdefghijk"), "is not a list of 1 to 10 security profiles"),
        ("email address", "ada", "is not an e-mail address; write one such as ann@example.com"),
        ("mobile", "1.5E+10", "is not a phone number in E.164 format; write one such as +15550100123"),
        ("agent hierarchy", "/London/Sales|/Paris", "is not the path of one hierarchy group"),
        ("phone type (soft/desk)", "hard", "is not soft or desk; write one"),
        ("phone type (soft/desk)", "desk", "phone number: is empty, but a desk phone needs one"),
        ("phone number", "+15550100123", "is empty, but there is a number; write soft or desk"),
        ("soft phone auto accept (yes/no)", "maybe", "is not yes or no; write one"),
        ("ACW timeout (seconds)", "1.5", "is not a number of seconds up to 2,000,000"),
        ("ACW timeout (seconds)", "2000001", "is not a number of seconds up to 2,000,000"),
        ("tags", "London", "is not a list of tags; write keys and values such as Site:London|Team:Sales"),
        ("tags", "A:1|A:2", "is not a list of tags"),
        ("first name", "A\x07", "has a control character; type it again"),
    ],
)
def test_a_wrong_cell_has_its_row_its_column_and_its_remedy(csv: Path, column: str, cell: str, words: str) -> None:
    row = {**ADA, column: cell}
    if column == "phone number":
        row["phone type (soft/desk)"] = ""

    found = mistakes(csv, agent_csv(NEWEST, [MARY, row]))

    assert len(found) == 1
    assert found[0].startswith("agents.csv:3:")
    assert "row 3, " in found[0]
    assert words in found[0]


def test_no_message_shows_a_cell_because_it_may_be_a_password(csv: Path) -> None:
    header = tuple(name for name in NEWEST if name != "password")
    shifted = dict.fromkeys(header, f"{SECRET} ")

    found = mistakes(csv, agent_csv(header, [shifted, shifted]) + f"{SECRET},x\n")

    assert len(found) > 8
    assert SECRET not in "".join(found)


def test_all_mistakes_of_all_rows_are_listed_at_once(csv: Path) -> None:
    rows = [{**ADA, "user login": f"user {number}", "ACW timeout (seconds)": "soon"} for number in range(5)]

    assert len(mistakes(csv, agent_csv(rows=rows))) == 10


def test_a_user_in_two_rows_is_a_mistake(csv: Path) -> None:
    assert mistakes(csv, agent_csv(rows=[ADA, MARY, ADA])) == [
        "agents.csv:4:11: row 4, user login: is also in row 2; delete one of the rows, or change a user name"
    ]


def test_users_whose_names_differ_in_case_are_two(csv: Path) -> None:
    assert set(specs(csv, agent_csv(rows=[ADA, {**ADA, "user login": "ADA"}]))) == {"ada", "ADA"}


def test_rows_count_as_in_a_spreadsheet(csv: Path) -> None:
    text = agent_csv(rows=[{**ADA, "first name": "Ada\nAugusta"}]) + "\n" + ",,,,,,,,\n"
    text += agent_csv(rows=[{**ADA, "user login": "b c"}]).partition("\n")[2]

    assert mistakes(csv, text)[0].startswith("agents.csv:6:11: row 5, user login")


def test_an_unknown_column_is_a_mistake_with_a_suggestion(csv: Path) -> None:
    text = agent_csv((*SAML, "e-mail adress", "shoe size"))

    assert mistakes(csv, text) == [
        'agents.csv:1:192: unknown column "e-mail adress"; did you mean "email address"?',
        'agents.csv:1:206: unknown column "shoe size"; delete the column',
    ]


def test_a_missing_column_is_one_mistake_and_not_one_per_row(csv: Path) -> None:
    header = tuple(name for name in SAML if name != "routing profile name")

    assert mistakes(csv, agent_csv(header)) == ['agents.csv:1:1: the column "routing profile name" is missing; add it']


def test_a_repeated_column_is_a_mistake(csv: Path) -> None:
    found = mistakes(csv, agent_csv((*SAML, "First Name")))

    assert found == ['agents.csv:1:192: the column "First Name" is repeated; delete one of them']


def test_empty_columns_at_the_end_are_ignored_and_filled_ones_are_not(csv: Path) -> None:
    empty = agent_csv((*SAML, "", ""))

    assert specs(csv, empty) == specs(csv, agent_csv())
    assert mistakes(csv, empty.replace("30,,", "30,,x")) == [
        "agents.csv:1:193: column 11 has no name; name it, or delete the column"
    ]


def test_a_short_row_is_a_mistake_in_the_words_of_its_separator(csv: Path) -> None:
    found = mistakes(csv, agent_csv(separator=";") + "Ada;Byron\n")

    assert found == ["agents.csv:4:1: the row has 2 cells, the header 9; write a semicolon for each absent cell"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not an agent CSV, because it is empty"),
        ("K,Tier\na,Gold\n", "is not an agent CSV, because none of its columns are known"),
        ("user login,shoe size\nada,38\n", "is not an agent CSV, because 1 of its columns is known"),
        (agent_csv(MANAGED, [ADA]).partition("\n")[2], "is not an agent CSV"),
        (agent_csv(rows=[]), "has no agents; write a row for each"),
        ('first name,"last name\n', "the quote opened here is never closed"),
        ("PK\x03\x04 xl/", "is an Excel workbook (.xlsx)"),
    ],
)
def test_another_file_is_refused_with_the_reason(csv: Path, text: str, words: str) -> None:
    found = mistakes(csv, text)

    assert len(found) == 1
    assert words in found[0]


def test_a_file_without_a_header_does_not_show_its_first_row(csv: Path) -> None:
    text = agent_csv(MANAGED, [{**ADA, "password": SECRET}]).partition("\n")[2]

    assert SECRET not in "".join(mistakes(csv, text))


def test_a_file_that_does_not_exist_is_wrong_usage(csv: Path) -> None:
    with pytest.raises(UsageError, match=r"agents\.csv does not exist"):
        read_agents(csv)
