"""Every row is judged by itself, and its mistakes have the column and the remedy."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.agents.manifests import manifest_of
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.lambdas.agents.agent import Agent
from reconciler.lambdas.agents.headers import FIRST_NAME, PASSWORD
from reconciler.lambdas.agents.names import Names, ids_by_name, path_of
from reconciler.lambdas.agents.results import as_csv, refused
from reconciler.lambdas.agents.rows import Row, creation_problems, read_sheet
from reconciler.lambdas.agents.table import read_table
from reconciler.model import WrittenRecords
from reconciler.model.environment import UNLIMITED
from tests.builders.agent_files import ADA, MANAGED, MARY, NEWEST, SAML, SECRET, agent_csv
from tests.lambdas.agents.bad_rows import BAD_ROWS, BadRow

NAMES = Names(
    ids_by_name([("Basic Routing Profile", "r-1"), ("Spanish", "r-2"), ("Twin", "r-3"), ("Twin", "r-4")]),
    ids_by_name([("Agent", "s-1"), ("CallCenterManager", "s-2")]),
    ids_by_name([("London", "g-1"), ("London/Sales", "g-2"), ("Leeds/Sales", "g-3")]),
)


def rows(text: str, identity_type: str = "CONNECT_MANAGED") -> tuple[Row, ...]:
    table = read_table(text)
    assert table is not None
    return read_sheet(table, identity_type).rows


def agent(**cells: str) -> Agent:
    named = {name.replace("_", " "): text for name, text in cells.items()}
    (row,) = rows(agent_csv(NEWEST, [{**ADA, **named}]))
    assert row.agent, row.problems
    return row.agent


def checked(**cells: str) -> list[str]:
    return [str(problem) for problem in NAMES.problems(replace(agent(), **cells))]


def test_a_row_becomes_an_agent() -> None:
    found = agent(
        email_address="ada@example.com",
        mobile="+44 20 7946 0123",
        agent_hierarchy="/London/Sales/",
        tags="Team:Sales:Night | Site:London",
        phone_number="123",
    )

    assert found == Agent(
        username="ada",
        routing_profile="Basic Routing Profile",
        security_profiles=("CallCenterManager", "Agent"),
        first_name="Ada",
        last_name="Byron",
        email="ada@example.com",
        secondary_email="",
        mobile="+442079460123",
        hierarchy_group="London/Sales",
        phone_type="SOFT_PHONE",
        auto_accept=True,
        after_contact_work_seconds=30,
        tags=(("Site", "London"), ("Team", "Sales:Night")),
    )


def test_a_column_that_is_not_in_the_file_states_nothing() -> None:
    (row,) = rows(agent_csv(SAML, [ADA]), "SAML")

    assert row.agent is not None
    assert (row.agent.email, row.agent.mobile, row.agent.hierarchy_group, row.agent.tags) == (None, None, None, None)


def test_a_saml_file_with_an_empty_column_of_addresses_states_none() -> None:
    (row,) = rows(agent_csv(NEWEST, [ADA]), "SAML")

    assert row.agent is not None
    assert row.agent.email is None


@pytest.mark.parametrize("bad", BAD_ROWS, ids=[f"{bad.column}-{number}" for number, bad in enumerate(BAD_ROWS)])
def test_a_bad_row_is_refused_with_its_column_and_good_rows_go_on(bad: BadRow) -> None:
    """S4-29: 49 sorts of bad rows, each beside a good one."""
    found = rows(agent_csv(NEWEST, [{**MARY, "password": ""}, {**ADA, **bad.cells}]), bad.identity_type)

    good, wrong = found
    assert good.agent is not None
    assert (wrong.number, wrong.agent) == (3, None)
    assert [problem.column for problem in wrong.problems] == [bad.column]
    assert bad.words in str(wrong.problems[0])


def test_forty_sorts_of_bad_rows_are_tried() -> None:
    assert len({(bad.column, str(bad.cells), bad.identity_type) for bad in BAD_ROWS}) >= 40


def test_all_mistakes_of_a_row_are_listed_at_once() -> None:
    row = {**ADA, "first name": "", "tags": "x", "user login": "a b"}

    (found,) = rows(agent_csv(NEWEST, [row]))

    result = refused(found)
    assert (result.row, result.username, result.column) == (2, "", "first name, user login, tags")
    assert result.reason.count(";") >= 3


@pytest.mark.parametrize("cells", [("Ada",), (*["x"] * 8, "9"), tuple("0123456789abc")])
def test_a_row_with_other_cells_than_the_header_is_refused(cells: tuple[str, ...]) -> None:
    text = agent_csv(NEWEST, [ADA]) + ",".join(cells) + "\n"

    good, wrong = rows(text)

    assert good.agent is not None
    assert str(wrong.problems[0]).startswith(f"has {len(cells)} cells, and the header has 16; write a separator")


def test_a_row_with_more_cells_is_refused_and_empty_ones_at_its_end_are_not() -> None:
    line = agent_csv(SAML, [ADA]).rstrip("\n")

    assert rows(line + ",,,\n")[0].agent is not None
    assert "has 10 cells, and the header has 9; put a text" in str(rows(line + ",x\n")[0].problems[0])


def test_rows_of_one_user_name_are_all_refused() -> None:
    found = rows(agent_csv(rows=[ADA, MARY, {**ADA, "first name": ""}]))

    assert [row.agent is None for row in found] == [True, False, True]
    assert str(found[0].problems[0]).startswith("user login: is also in row 4; delete one of the rows")
    assert "is also in row 2" in str(found[2].problems[-1])


def test_two_users_may_share_a_mailbox() -> None:
    shared = {"email address": "desk@example.com", "password": SECRET}

    assert all(row.agent for row in rows(agent_csv(MANAGED, [{**ADA, **shared}, {**MARY, **shared}])))


def test_a_new_user_needs_names_and_a_password() -> None:
    names = tuple(name for name in SAML if name != "first name")
    (row,) = rows(agent_csv(names, [ADA]))

    problems = creation_problems(row, "CONNECT_MANAGED", may_generate=False)
    assert [problem.column for problem in problems] == [FIRST_NAME.name, PASSWORD.name]
    assert [problem.column for problem in creation_problems(row, "SAML", may_generate=False)] == [FIRST_NAME.name]
    assert creation_problems(row, "EXISTING_DIRECTORY", may_generate=False) == []


def test_no_refused_row_shows_a_cell_because_it_may_be_a_password() -> None:
    """S4-31: a row that begins with one cell too many has its password as user name."""
    shifted = dict.fromkeys(MANAGED, SECRET)

    found = rows(agent_csv(MANAGED, [shifted]) + f"{SECRET},x\n")

    assert SECRET not in repr(found)
    assert SECRET not in as_csv([refused(row) for row in found]).decode()


def test_a_refused_row_shows_a_user_name_that_is_no_password() -> None:
    (row,) = rows(agent_csv(rows=[{**ADA, "first name": ""}]))

    assert refused(row).username == "ada"


def test_known_names_are_no_problem() -> None:
    assert checked(hierarchy_group="London/Sales") == []
    assert checked(hierarchy_group="") == []


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (
            {"routing_profile": "Basic Routing Profil"},
            'routing profile name: is not known in the instance; did you mean "Basic Routing Profile"?',
        ),
        (
            {"routing_profile": "spanish"},
            'routing profile name: is not known in the instance; did you mean "Spanish"?',
        ),
        (
            {"routing_profile": "zzzz"},
            "routing profile name: is not known in the instance; "
            'write one of "Basic Routing Profile", "Spanish", "Twin"',
        ),
        (
            {"routing_profile": "Twin"},
            "routing profile name: names 2 of the instance, which have the same name; rename one of them",
        ),
        (
            {"hierarchy_group": "Sales"},
            'agent hierarchy: is not at the top of the hierarchy; "Leeds/Sales", "London/Sales" end so; '
            "write the whole path from the top",
        ),
        (
            {"hierarchy_group": "London/Sale"},
            'agent hierarchy: is not known in the instance; did you mean "London/Sales", "London", "Leeds/Sales"?',
        ),
    ],
)
def test_an_unknown_or_ambiguous_name_lists_near_ones(cells: dict[str, str], message: str) -> None:
    """S4-35."""
    assert checked(**cells) == [message]


def test_an_instance_without_names_says_so() -> None:
    names = Names({}, {}, {})

    assert [problem.remedy for problem in names.problems(agent())] == ["the instance has none; create it first"] * 3


def test_a_group_that_will_be_created_is_no_problem() -> None:
    names = replace(NAMES, creates_groups=True)

    assert names.problems(replace(agent(), hierarchy_group="Paris")) == []


def test_a_path_is_made_of_the_names_above() -> None:
    levels = {"LevelOne": {"Name": "London"}, "LevelTwo": {"Name": "R/D"}}

    assert path_of({"Name": "R/D", "HierarchyPath": levels}) == "London/R%2FD"
    assert path_of({"Name": "London"}) == "London"


def _letters(most: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(categories=("L", "N", "Zs", "P")), min_size=1, max_size=most).map(str.strip)


@given(
    st.fixed_dictionaries(
        {
            "user login": st.from_regex(r"[A-Za-z0-9_.@-]{1,12}", fullmatch=True),
            "first name": _letters(300),
            "last name": _letters(320),
            "email address": st.sampled_from(["", "a@b.co", "a@b", "x.y+z@example.com", "@"]),
            "mobile": st.sampled_from(["", "+15550100123", "+1 (555) 010-0123", "+0", "15550100123"]),
            "agent hierarchy": st.sampled_from(["", "a/b", "/a/b/", "a|b", "a/b/c/d/e", "a/b/c/d/e/f", "/"]),
            "routing profile name": _letters(130),
            "security_profile_name_1|security_profile_name_2": _letters(40),
            "phone type (soft/desk)": st.sampled_from(["soft", "DESK_PHONE", "", "hard"]),
            "phone number": st.sampled_from(["", "+15550100123", "0"]),
            "ACW timeout (seconds)": st.sampled_from(["", "0", "2000000", "2000001", "x"]),
            "tags": st.sampled_from(["", "Site:London", "a:b|c:d", "x"]),
        }
    )
)
def test_an_agent_of_a_row_is_a_valid_user_of_a_manifest(cells: dict[str, str]) -> None:
    """Both ways to declare an agent have the same limits."""
    (row,) = rows(agent_csv(NEWEST, [cells]), "")
    if row.agent is None:
        return

    spec = manifest_of(row.agent, Source("agents.csv", 2), is_new=True, has_password=False).spec
    declared = spec.model_dump(by_alias=True, exclude_unset=True, mode="json")
    kind = KINDS["User"]
    problems = list(kind.problems(declared, WrittenRecords(), UNLIMITED))
    assert [problem.message for problem in problems] == []
