"""Any agents become the same manifests, in whatever form their file is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from reconciler.convert import files_of_agents, read_agents
from reconciler.documents.nodes import plain
from reconciler.documents.yaml_text import read_yaml
from reconciler.export import Target
from tests.builders.agent_files import HEADERS, SAML, SECRET, agent_csv

LETTERS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=12).map(
    str.strip
)
NAMES = st.one_of(LETTERS.filter(bool), st.sampled_from(["a,b", "a;b", '"', "${x", "${var:X}", "null", "007", "a\nb"]))
PROFILES = NAMES.map(lambda name: name.replace("|", "")).map(str.strip).filter(bool)
LOGINS = st.from_regex(r"[a-zA-Z0-9_.-]{1,20}", fullmatch=True).filter(lambda login: login.strip("."))
YES, SOFT = st.sampled_from(["yes", "no", "Yes", "TRUE", ""]), st.sampled_from(["soft", "SOFT_PHONE", "Soft phone", ""])
SECONDS = st.one_of(st.integers(0, 2_000_000).map(str), st.just(""))


@st.composite
def agents(draw: st.DrawFn) -> dict[str, str]:
    is_desk = draw(st.booleans())
    return {
        "first name": draw(NAMES),
        "last name": draw(NAMES),
        "user login": draw(LOGINS),
        "password": SECRET,
        "routing profile name": draw(PROFILES),
        "security_profile_name_1|security_profile_name_2": "|".join(draw(st.lists(PROFILES, min_size=1, max_size=4))),
        "phone type (soft/desk)": draw(st.sampled_from(["desk", "DESK_PHONE"]) if is_desk else SOFT),
        "phone number": draw(st.sampled_from(["+15550100123", "+44 20 7946 0123"])) if is_desk else "",
        "soft phone auto accept (yes/no)": draw(YES),
        "ACW timeout (seconds)": draw(SECONDS),
    }


def converted(text: str, encoding: str) -> dict[str, str]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "agents.csv")
        path.write_bytes(text.encode(encoding))
        roster = read_agents(path)
        target = Target(Path(folder, "manifests/base"), Path(folder), Path(folder, "manifests"))
        files = files_of_agents(roster.agents, target)
        return {str(ref): file.text for ref, (file,) in files.items()}


@given(
    st.lists(agents(), min_size=1, max_size=4, unique_by=lambda agent: agent["user login"]),
    st.sampled_from(list(HEADERS)),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig"]),
    st.randoms(use_true_random=False),
)
def test_every_form_of_a_file_gives_the_same_manifests(
    rows: list[dict[str, str]], name: str, separator: str, newline: str, encoding: str, random: Random
) -> None:
    header = list(HEADERS[name])
    random.shuffle(header)

    manifests = converted(agent_csv(header, rows, separator=separator, newline=newline), encoding)

    assert manifests == converted(agent_csv(SAML, rows), "utf-8")
    assert SECRET not in "".join(manifests.values())


@given(agents())
def test_manifests_hold_the_texts_of_the_file(agent: Mapping[str, str]) -> None:
    (text,) = converted(agent_csv(SAML, [agent]), "utf-8").values()

    (document,) = read_yaml(text, "User.yaml").documents
    spec = plain(document)["spec"]
    assert spec["routingProfile"].replace("$${", "${") == agent["routing profile name"]
    names = agent["security_profile_name_1|security_profile_name_2"].split("|")
    assert [name.replace("$${", "${") for name in spec["securityProfiles"]] == list(dict.fromkeys(names))
