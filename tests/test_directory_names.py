"""The directory's two doors for whole values: names for ids in specs, ids for names in calls."""

from __future__ import annotations

from typing import Annotated

import pytest

from reconciler.directory import AwsIds, Directory
from reconciler.errors import UnknownReferenceError
from reconciler.model import IdOf, Linked, Ref, RefTo, Resource, Spec, Unordered

ID, OTHER, UNKNOWN = (f"00000000-0000-4000-8000-00000000000{digit}" for digit in "123")
ARN = "arn:aws:connect:us-east-1:111122223333:instance/x/queue/1"
QUEUE, OTHER_QUEUE = Ref("Queue", "zebra"), Ref("Queue", "ant")


class Leg(Spec):
    queue: Annotated[str, RefTo("Queue")] | None = None
    text: str = ""


class Desk(Resource):
    queue: Annotated[str, RefTo("Queue")] | None = None
    queues: Annotated[Unordered[str], RefTo("Queue")] = ()
    texts: Unordered[str] = ()
    ordered: tuple[str, ...] = ()
    legs: tuple[Leg, ...] = ()
    notes: dict[str, str] = {}  # noqa: RUF012 (pydantic copies it)
    count: int = 0


def known() -> Directory:
    return Directory([(QUEUE, AwsIds(ID, ARN)), (OTHER_QUEUE, AwsIds(OTHER, ""))])


# Names for ids.


def test_reference_fields_hold_names_and_texts_hold_references() -> None:
    desk = Desk(name="d", queue=ID, legs=(Leg(queue=OTHER, text=f"to {ID}"),), notes={ID: ID, "arn": ARN})

    assert known().by_name_within(desk) == Desk(name="d").model_copy(
        update={
            "queue": "zebra",
            "legs": (Leg(queue="ant").model_copy(update={"text": Linked("to ${Queue/zebra.id}")}),),
            "notes": {ID: Linked("${Queue/zebra.id}"), "arn": Linked("${Queue/zebra.arn}")},
        }
    )


def test_a_reference_field_may_hold_an_arn() -> None:
    assert known().by_name_within(Desk(name="d", queue=ARN)).queue == "zebra"


def test_an_id_of_another_kind_stays_in_a_reference_field() -> None:
    other = Directory([(Ref("User", "u"), AwsIds(ID, ""))])

    assert other.by_name_within(Desk(name="d", queue=ID)).queue == ID


def test_lists_without_an_order_are_sorted_by_their_names() -> None:
    desk = known().by_name_within(Desk(name="d", queues=(ID, OTHER), texts=(ID, OTHER)))

    assert desk.queues == ("ant", "zebra")
    assert desk.texts == (Linked("${Queue/ant.id}"), Linked("${Queue/zebra.id}"))


def test_lists_with_an_order_keep_it() -> None:
    desk = known().by_name_within(Desk(name="d", ordered=(OTHER, UNKNOWN, ID, "a")))

    assert desk.ordered == (Linked("${Queue/ant.id}"), UNKNOWN, Linked("${Queue/zebra.id}"), "a")


@pytest.mark.parametrize(
    "value",
    [
        Desk(name="d", queue="zebra", queues=("b",), texts=("x",), legs=(Leg(text="t"),), notes={"a": "b"}, count=3),
        Desk(name="d", texts=(UNKNOWN,), legs=(Leg(queue=UNKNOWN),), notes={"a": UNKNOWN}),
        ("a", UNKNOWN),
        {"a": UNKNOWN},
        "text",
        7,
    ],
)
def test_a_value_without_known_ids_is_the_same_object(value: object) -> None:
    assert known().by_name_within(value) is value


# Ids for names.


def test_every_reference_of_a_call_is_resolved() -> None:
    params = {
        "Id": IdOf(QUEUE),
        "Arn": IdOf(QUEUE, arn=True),
        "Texts": [Linked("say ${Queue/zebra.arn} or ${Queue/ant.id}"), "${Queue/zebra.id}"],
        "Pair": (IdOf(OTHER_QUEUE), 1),
    }

    assert known().by_id(params) == {
        "Id": ID,
        "Arn": ARN,
        "Texts": [f"say {ARN} or {OTHER}", "${Queue/zebra.id}"],
        "Pair": [OTHER, 1],
    }


def test_a_number_is_the_end_of_an_id() -> None:
    version = Ref("ContactFlowModuleVersion", "Greet/2026-11")
    directory = Directory([(version, AwsIds(f"{ID}:12", f"arn:aws:connect:::flow-module/{ID}:12"))])

    assert directory.by_id({"Version": IdOf(version, is_number=True)}) == {"Version": 12}


@pytest.mark.parametrize(
    "value", [IdOf(Ref("Queue", "gone")), Linked("${Queue/gone.id}"), {"a": [IdOf(Ref("User", "zebra"))]}]
)
def test_an_unknown_resource_is_an_error_that_names_it(value: object) -> None:
    with pytest.raises(
        UnknownReferenceError, match=r"(Queue/gone|User/zebra) is neither live nor created by this plan"
    ):
        known().by_id(value)


@pytest.mark.parametrize("text", ["${Queue/zebra.id} ${Queue/", "${Queue/${Queue/zebra.id}.arn}"])
def test_an_incomplete_reference_is_an_error(text: str) -> None:
    with pytest.raises(UnknownReferenceError, match="not a complete reference"):
        known().by_id(Linked(text))


# Texts that would read as something else.


@pytest.mark.parametrize(
    "text", [f"${ID}", f"pay $${ID}", f"{ID} and ${{Queue/", f"{ID} and ${{Queue/ant.id}}", UNKNOWN, "arn:aws:connect"]
)
def test_an_id_stays_if_the_text_would_not_read_back(text: str) -> None:
    assert known().by_name(text) is text


def test_a_name_with_a_brace_stays_an_id() -> None:
    braced = Directory([(Ref("Queue", "a}b"), AwsIds(ID, ""))])

    assert braced.by_name(f"to {ID}") == f"to {ID}"
    assert braced.name("Queue", ID) == "a}b"


def test_references_in_a_text_stay_beside_new_ones() -> None:
    assert known().by_name(Linked(f"${{Queue/ant.id}} {ID}")) == Linked("${Queue/ant.id} ${Queue/zebra.id}")


# The known resources.


def test_resources_are_listed_and_counted_by_kind() -> None:
    directory = known()
    directory.add(Ref("User", "u"), AwsIds("u-1", ""))

    assert directory.refs() == {QUEUE, OTHER_QUEUE, Ref("User", "u")}
    assert (directory.count("Queue"), directory.count("User"), directory.count("Flow")) == (2, 1, 0)
    assert QUEUE in directory
    assert Ref("User", "zebra") not in directory


def test_a_part_has_an_id_and_no_name_in_texts() -> None:
    directory = Directory()
    directory.add_part(Ref("DataTable/T", "A"), ID)

    assert directory.by_id(IdOf(Ref("DataTable/T", "A"))) == ID
    assert directory.by_name(ID) == ID


def test_a_directory_without_some_names_still_has_their_ids() -> None:
    left = known().without_names({QUEUE})

    assert left.by_name_within(Desk(name="d", queue=ID, queues=(ID, OTHER))) == Desk(
        name="d", queue=ID, queues=tuple(sorted((ID, "ant")))
    )
    assert left.by_id(IdOf(QUEUE)) == ID
    assert known().by_name(ID) == Linked("${Queue/zebra.id}")
