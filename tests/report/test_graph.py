"""Dependencies as Mermaid, DOT and JSON: valid whatever is in a name, and the same for the same manifests.

Python has no parser for Mermaid. So the text is compared with the few forms that its grammar defines clearly.
"""

from __future__ import annotations

import html
import json
import re

import pydot
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.dependencies import Dependencies, Edge, Impact, dependencies
from reconciler.errors import Source
from reconciler.model import Ref
from reconciler.report import dumps, graph_dot, graph_json, graph_mermaid
from reconciler.report.visible import escaped
from tests.builders.invented_kinds import MADE_UP, chain

# pydot's parser calls what it is built on by old names.
pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated - use:DeprecationWarning")

HOSTILE = (
    *('"', '"]', "]", "[", "(", "{", "}", "|", "\\", '\\"', "`", "`**x**`", "#", "#35;", "&quot;", "&amp", "<b>", "--"),
    *("end", "graph", "style", "style x: #f;", "subgraph", "click", "default", "%%", "%%{init: {}}%%", "---", "-->"),
    *("a\nb", "\r", "\t", "\0", "\u2028", "\u202e", "🎈", "é", "e\u0301", "ﬂ°°1¶ß", "fa:fa-car", "1. x", "- x", "_x_"),
    *("\\N", "\\l", ";", "//", "/*", "strict", "n0", "n1 --> n2", "::stop-commands::x", "##[error]", "$x$", "@{"),
)
names = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=12))
refs = st.builds(Ref, st.sampled_from(["Door", "DataTable"]), names)

_TEXT = r"(?:[^\W_]|[ /.,-]|#\d+;)+"
_NODE = re.compile(rf'n\d+(?:\["({_TEXT})"\]|\(\["({_TEXT})"\]\))')
_ARROW = re.compile(rf'(n\d+) -->(?:\|"({_TEXT})"\|)? (n\d+)')
_OTHER = re.compile(r'subgraph g\d\["(needs|needed by|needs and needed by)"\]|end|style n\d+ stroke-width:4px')


@st.composite
def graphs(draw: st.DrawFn) -> Dependencies:
    nodes = sorted(draw(st.sets(refs, min_size=1, max_size=6)))
    places = {ref: draw(st.sampled_from([None, Source("a.yaml", 3)])) for ref in nodes}
    ends = st.sampled_from(nodes)
    edges = draw(st.sets(st.builds(Edge, ends, ends, st.one_of(st.just(""), names)), max_size=8))
    return Dependencies(places, tuple(sorted(edges)))


@st.composite
def surroundings(draw: st.DrawFn) -> tuple[Dependencies, Impact | None]:
    seen = draw(graphs())
    return seen, draw(st.one_of(st.none(), st.sampled_from(list(seen.places)).map(seen.impact)))


def label_text(text: str) -> str:
    """Returns a label as Mermaid reads it."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


@given(surroundings())
def test_mermaid_contains_only_nodes_arrows_and_groups(drawn: tuple[Dependencies, Impact | None]) -> None:
    first, *lines = graph_mermaid(*drawn).rstrip("\n").split("\n")

    assert first == "flowchart LR"
    assert all(any(form.fullmatch(line.strip()) for form in (_NODE, _ARROW, _OTHER)) for line in lines)


@given(graphs())
def test_mermaid_shows_each_name_as_it_is(seen: Dependencies) -> None:
    found = [match for line in graph_mermaid(seen).split("\n") if (match := _NODE.fullmatch(line.strip()))]

    assert [label_text(match[1] or match[2]) for match in found] == [escaped(str(ref)) for ref in seen.places]


@given(surroundings())
def test_dot_is_read_by_a_parser_as_the_same_graph(drawn: tuple[Dependencies, Impact | None]) -> None:
    seen, impact = drawn
    kept = seen.among({impact.of, *impact.needs, *impact.needed_by}) if impact else seen

    (read,) = pydot.graph_from_dot_data(graph_dot(seen, impact)) or ()

    boxes = [read, *read.get_subgraphs()]
    labels = {node.get_name(): node.get("label") for box in boxes for node in box.get_nodes() if node.get("label")}
    shown = {id_: html.unescape(label.strip('"')) for id_, label in labels.items()}
    assert sorted(shown.values()) == sorted(escaped(str(ref)) for ref in kept.places)
    ends = {(shown[edge.get_source()], shown[edge.get_destination()]) for edge in read.get_edges()}
    assert ends == {(escaped(str(edge.origin)), escaped(str(edge.target))) for edge in kept.edges}


@given(surroundings())
def test_json_lists_every_reference(drawn: tuple[Dependencies, Impact | None]) -> None:
    seen, impact = drawn
    document = json.loads(dumps(graph_json("lab", seen, impact)))

    addresses = {node["address"] for node in document["nodes"]}
    assert {end for edge in document["edges"] for end in (edge["from"], edge["to"])} <= addresses
    if impact is None:
        assert len(document["edges"]) == len(seen.edges)
        assert "needs" not in document
    else:
        assert addresses == {document["of"], *document["needs"], *document["neededBy"]}


def test_the_two_directions_are_groups_with_titles() -> None:
    seen = dependencies(chain("A", "B", "C"), MADE_UP)
    text = graph_mermaid(seen, seen.impact(Ref("Door", "B")))

    assert [line.strip() for line in text.split("\n") if "subgraph" in line] == [
        'subgraph g1["needs"]',
        'subgraph g2["needed by"]',
    ]


def test_a_circle_has_a_group_of_its_own() -> None:
    a, b = Ref("Door", "A"), Ref("Door", "B")
    seen = Dependencies({a: Source("a.yaml"), b: Source("a.yaml")}, (Edge(a, b, "x"), Edge(b, a, "y")))

    assert 'label="needs and needed by"' in graph_dot(seen, seen.impact(a))


@pytest.mark.parametrize("written", [graph_mermaid, graph_dot])
def test_several_references_to_one_resource_are_one_arrow(written: object) -> None:
    a, b = Ref("Door", "A"), Ref("Door", "B")
    seen = Dependencies({a: Source("a.yaml"), b: Source("a.yaml")}, (Edge(a, b, "x"), Edge(a, b, "y")))

    assert callable(written)
    arrows = [line for line in str(written(seen)).split("\n") if "->" in line]
    assert len(arrows) == 1
    assert "x, y" in arrows[0]


def test_nothing_declared_is_an_empty_drawing() -> None:
    assert graph_mermaid(Dependencies()) == "flowchart LR\n"
    assert pydot.graph_from_dot_data(graph_dot(Dependencies()))
    assert graph_json("lab", Dependencies())["nodes"] == []
