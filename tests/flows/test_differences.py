"""Differences are shown by block: in the view for plans, and in words."""

from __future__ import annotations

from copy import deepcopy

import pytest

from reconciler.diff.documents import differences, path_text
from reconciler.flows.describing import describe
from reconciler.flows.from_view import from_view
from reconciler.flows.meaning import FLOW
from reconciler.flows.view import view, views
from reconciler.model import JsonDocument, Linked
from tests.builders.flows import UUIDS, Json, action_of, block, end, flow_of, greeting, opening_hours, renamed


def test_a_view_shows_a_flow_by_block() -> None:
    assert view(opening_hours()) == {
        "version": "2019-10-30",
        "start": "Welcome",
        "blocks": {
            "Welcome": {"type": "MessageParticipant", "Text": "Hello", "then": "Check hours"},
            "Check hours": {
                "type": "CheckHoursOfOperation",
                "HoursOfOperationId": Linked("${HoursOfOperation/Weekdays.arn}"),
                "then": "Closed",
                "if Equals True": "Queue",
                "if Equals False": "Closed",
                "on error NoMatchingError": "Closed",
            },
            "Queue": {
                "type": "UpdateContactTargetQueue",
                "QueueId": Linked("${Queue/Billing.arn}"),
                "then": "Transfer",
                "on error NoMatchingError": "Closed",
            },
            "Transfer": {
                "type": "TransferContactToQueue",
                "then": "Closed",
                "on error QueueAtCapacity": "Closed",
                "on error NoMatchingError": "Closed",
            },
            "Closed": {"type": "MessageParticipant", "Text": "We are closed", "then": "End"},
            "End": {"type": "DisconnectParticipant"},
        },
    }


def test_a_block_without_a_word_is_named_by_its_title_and_text() -> None:
    long = "Thank you for calling the example company, goodbye"
    names = {"Welcome": UUIDS[0], "Queue": UUIDS[1], "Closed": UUIDS[2], "End": UUIDS[3]}
    flow = renamed(opening_hours(), names)
    action_of(flow, UUIDS[2])["Parameters"]["Text"] = long

    assert list(view(flow)["blocks"]) == [
        'Play prompt "Hello"',
        "Check hours",
        'Set working queue "Billing"',
        "Transfer",
        'Play prompt "Thank you for calling the example compa…"',
        "Disconnect",
    ]


def test_an_arn_is_named_by_its_last_word() -> None:
    arn = "arn:aws:lambda:eu-central-1:111122223333:function:look-up"
    queue = f"arn:aws:connect:eu-central-1:111122223333:instance/{UUIDS[5]}/queue/{UUIDS[6]}"
    called = block(UUIDS[0], "InvokeLambdaFunction", {"LambdaFunctionARN": arn}, then=UUIDS[1])
    flow = flow_of(called, block(UUIDS[1], "UpdateContactTargetQueue", {"QueueId": queue}))

    assert list(view(flow)["blocks"]) == ['AWS Lambda function "look-up"', "Set working queue"]


def test_blocks_of_one_name_are_numbered_as_a_contact_reaches_them() -> None:
    flow = flow_of(greeting("a", UUIDS[0], UUIDS[2]), end(UUIDS[1]), greeting("a", UUIDS[2], UUIDS[1]))

    assert list(view(flow)["blocks"]) == ['Play prompt "a"', "Disconnect", 'Play prompt "a" 2']


def test_differences_of_views_name_the_block() -> None:
    changed = renamed(opening_hours(), {"Queue": "Q"})
    action_of(changed, "Welcome")["Parameters"]["Text"] = "Good day"
    action_of(changed, "Check hours")["Transitions"]["Conditions"][0]["NextAction"] = "Closed"

    pair = views(opening_hours(), changed)

    found = differences(*map(JsonDocument.of, pair))
    assert [(path_text(change.steps), change.before, change.after) for change in found] == [
        ('blocks["Check hours"]["if Equals True"]', "Queue", "Closed"),
        ("blocks.Welcome.Text", "Hello", "Good day"),
    ]


def test_a_flow_is_built_from_a_view_with_the_metadata_of_its_base() -> None:
    places = {"Welcome": {"position": {"x": 1, "y": 2}}, "End": {"position": {"x": 3, "y": 4}}}
    base = opening_hours() | {"Metadata": {"entryPointPosition": {"x": 0, "y": 0}, "ActionMetadata": places}}
    changed = deepcopy(view(base))
    del changed["blocks"]["Welcome"]
    changed["start"] = "Check hours"
    changed["blocks"]['Play prompt "50 % (off)"'] = {"type": "MessageParticipant", "Text": "50 % (off)", "then": "End"}

    built = from_view(changed, base)

    assert built["StartAction"] == "Check hours"
    assert built["Metadata"]["ActionMetadata"] == {"End": places["End"]}
    assert [action["Identifier"] for action in built["Actions"]][-2:] == ["End", 'Play prompt "50 off "']


def change(name: str, **parameters: object) -> Json:
    flow = opening_hours()
    action_of(flow, name)["Parameters"] |= parameters
    return flow


def test_words_put_texts_first_then_branches_then_the_rest() -> None:
    changed = change("Queue", QueueId="$.Attributes.q")
    action_of(changed, "Check hours")["Transitions"]["Conditions"][0]["NextAction"] = "Closed"
    action_of(changed, "Closed")["Parameters"]["Text"] = "Goodbye"

    assert describe(opening_hours(), changed) == (
        'block "Closed": Text: "We are closed" → "Goodbye"',
        'block "Check hours": branch True: "Queue" → "Closed"',
        'block "Queue": QueueId: "${Queue/Billing.arn}" → "$.Attributes.q"',
    )


def test_a_new_block_is_placed_between_its_neighbours() -> None:
    changed = opening_hours()
    action_of(changed, "Welcome")["Transitions"]["NextAction"] = "News"
    changed["Actions"].append(greeting("News", "News", "Check hours"))

    assert describe(opening_hours(), changed) == (
        'block "Welcome": then: "Check hours" → "News"',
        '+ block "News" (Play prompt) between "Welcome" and "Check hours"',
        'block "News": then: + "Check hours"',
        'block "News": Text: + "News"',
    )


def test_a_block_that_nothing_reaches_says_so() -> None:
    changed = opening_hours()
    changed["Actions"].append(block("Loose", "DisconnectParticipant"))

    assert describe(opening_hours(), changed) == ('+ block "Loose" (Disconnect) (nothing leads here)',)
    assert describe(changed, opening_hours()) == ('- block "Loose" (Disconnect)',)


def test_changes_of_recording_are_marked() -> None:
    def recording(*participants: str) -> Json:
        recorded = {"RecordingBehavior": {"RecordedParticipants": list(participants)}}
        return flow_of(block("Record", "UpdateContactRecordingBehavior", recorded, then="End"), end())

    assert describe(recording("Agent", "Customer"), recording("Customer", "Agent")) == ()
    assert describe(recording("Agent"), recording()) == (
        'privacy: block "Record": RecordingBehavior.RecordedParticipants: ["Agent"] → []',
    )
    assert describe(recording(), flow_of(end()))[-1] == (
        'privacy: - block "Record" (Set recording and analytics behavior)'
    )


def test_the_order_of_conditions_is_shown_where_it_matters() -> None:
    def tiers(*words: str) -> Json:
        listed = [
            {"NextAction": "End", "Condition": {"Operator": word.split()[0], "Operands": [word.split()[1]]}}
            for word in words
        ]
        tested = block("Tier", "Compare", {"ComparisonValue": "$.Attributes.t"}, then="End")
        tested["Transitions"]["Conditions"] = listed
        return flow_of(tested, end())

    assert describe(tiers("Equals a", "TextContains b"), tiers("TextContains b", "Equals a")) == (
        'block "Tier": conditions tried in another order: Equals a, TextContains b → TextContains b, Equals a',
    )
    assert describe(tiers("Equals a"), tiers("Equals a", "TextContains b")) == (
        'block "Tier": branch TextContains "b": + "End"',
        'block "Tier": conditions in order: Equals a, TextContains b',
    )


def test_start_and_missing_blocks_are_shown() -> None:
    changed = opening_hours() | {"StartAction": "Check hours"}
    action_of(changed, "Queue")["Transitions"]["NextAction"] = "gone"

    assert describe(opening_hours(), changed) == (
        'starts with "Welcome" → "Check hours"',
        'block "Queue": then: "Transfer" → no block ("gone")',
    )


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        ({"Closed": "Shut"}, ('block renamed "Closed" → "Shut" (7 branches follow)',)),
        ({"Welcome": "Hi"}, ('block renamed "Welcome" → "Hi" (0 branches follow)',)),
    ],
)
def test_a_rename_alone_is_a_line_and_no_change(names: dict[str, str], lines: tuple[str, ...]) -> None:
    other = renamed(opening_hours(), names)

    assert describe(opening_hours(), other) == lines
    assert FLOW.of(other) == FLOW.of(opening_hours())


def test_fresh_uuids_are_counted() -> None:
    one = renamed(opening_hours(), {"Welcome": UUIDS[0], "End": UUIDS[1]})
    other = renamed(opening_hours(), {"Welcome": UUIDS[2], "End": UUIDS[3]})

    assert describe(one, other) == ("2 blocks have other Identifiers",)


def test_an_unknown_type_is_shown_by_path() -> None:
    one, other = (flow_of(block("X", "InventedLater", {"a": {"b": [text]}})) for text in "12")

    assert describe(one, other) == ('block "X": a.b[0]: "1" → "2"',)
