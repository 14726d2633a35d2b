"""A flow has one form in files, and it can be drawn."""

from __future__ import annotations

import re

from hypothesis import given

from reconciler.flows.catalogue import ACTION_TYPES, REFUSED_TYPES, action_type, title_of
from reconciler.flows.file_form import file_text
from reconciler.flows.mermaid import MOST_EDGES, mermaid
from reconciler.model import Linked
from tests.builders.flows import Json, block, chain, end, flow_of, flows, greeting

FILE = """\
{
  "Version": "2019-10-30",
  "StartAction": "Welcome",
  "Metadata": {
    "ActionMetadata": {
      "Welcome": {
        "position": {
          "x": 2,
          "y": -2
        }
      },
      "End": {}
    }
  },
  "Actions": [
    {
      "Identifier": "Welcome",
      "Type": "MessageParticipant",
      "Parameters": {
        "Text": "Grüße $\\\\u007bQueue/x.arn}",
        "PromptId": "${Prompt/Hi.arn}"
      },
      "Transitions": {
        "NextAction": "End",
        "Errors": [
          {
            "NextAction": "End",
            "ErrorType": "A"
          },
          {
            "NextAction": "End",
            "ErrorType": "B"
          }
        ]
      }
    },
    {
      "Identifier": "End",
      "Type": "DisconnectParticipant",
      "Parameters": {},
      "Transitions": {}
    }
  ]
}
""".replace("\\\\", "\\")


def test_a_file_has_a_fixed_order() -> None:
    parameters = {"Text": "Grüße ${Queue/x.arn}", "PromptId": Linked("${Prompt/Hi.arn}")}
    prompt = block("Welcome", "MessageParticipant", parameters, error_B="End", error_A="End", then="End")
    flow = flow_of(prompt, end())
    flow["Actions"].reverse()
    flow["Metadata"] = {"ActionMetadata": {"End": {}, "Welcome": {"position": {"x": 1.6, "y": -2.4}}}}

    assert file_text(flow) == FILE


def test_a_drawing_shows_blocks_and_branches() -> None:
    prompt = block("Welcome", "MessageParticipant", {"Text": "Hi"}, then="End", error_NoMatchingError="gone")

    assert mermaid(flow_of(prompt, end(), end("Loose")), 'Main "flow"; x').splitlines() == [
        "flowchart TD",
        '  subgraph flow["Main #34;flow#34;#59; x"]',
        '    start(("start"))',
        '    n0["Welcome - Play prompt"]',
        '    n1(["End - Disconnect"])',
        '    n2(["Loose - Disconnect"])',
        "    style n2 stroke-dasharray:4",
        '    missing["no block"]',
        "    start --> n0",
        "    n0 --> n1",
        '    n0 -.->|"NoMatchingError"| missing',
        "  end",
    ]


@given(flows())
def test_no_name_or_text_can_leave_its_label(flow: Json) -> None:
    line = re.compile(
        r'flowchart TD|  subgraph flow\["[\w #;/.,-]*"\]|  end'
        r'|    \w+(\(\[|\[|\(\()"[\w #;/.,-]*"(\]\)|\]|\)\))'
        r"|    style n\d+ stroke-dasharray:4"
        r'|    \w+ (-->|-\.->)(\|"[\w #;/.,-]*"\|)? \w+',
        re.ASCII,
    )

    assert [text for text in mermaid(flow, '"]\n\u115f').splitlines() if not line.fullmatch(text)] == []


def test_more_arrows_than_mermaid_draws_are_counted() -> None:
    flow = chain(250, closes=True)
    for action in flow["Actions"]:
        action["Transitions"]["Errors"] = [
            {"NextAction": str(number), "ErrorType": f"E{number}"} for number in range(3)
        ]

    drawing = mermaid(flow, "large")

    assert len(re.findall("-->|-[.]->", drawing)) == MOST_EDGES
    assert re.search(r'rest\["\d+ more arrows are not drawn"\]', drawing)


def test_the_catalogue_knows_variants_by_their_parameters() -> None:
    assert title_of("GetParticipantInput", {"StoreInput": "False"}) == "Get customer input"
    assert title_of("GetParticipantInput", {"StoreInput": "True"}) == "Store customer input"
    assert title_of("GetParticipantInput", {"EnableDTMFBuffer": "True"}) == "Set touchtone buffer"
    assert title_of("UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "x"}}) == "Set customer queue flow"
    assert title_of("InventedLater") == "InventedLater"
    assert action_type(["not", "a", "type"]) is None
    assert not REFUSED_TYPES & ACTION_TYPES.keys()


def test_errors_in_brackets_may_be_left_out() -> None:
    queue, prompt = ACTION_TYPES["TransferContactToQueue"], ACTION_TYPES["MessageParticipant"]

    assert queue.required_errors == ("QueueAtCapacity", "NoMatchingError")
    assert (prompt.required_errors, prompt.optional_errors) == ((), ("NoMatchingError",))
    assert greeting()["Type"] == prompt.name
