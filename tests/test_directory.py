"""Names for ids in texts, and back: ARNs of every service are recognised whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.directory import AwsIds, Directory
from reconciler.errors import UnknownReferenceError
from reconciler.model import LIKE_REFERENCE, Linked, Ref

CONNECT = "arn:aws:connect:us-east-1:111122223333:instance/00000000-0000-4000-8000-000000000001"
QUEUE = "00000000-0000-4000-8000-000000000002"
ARNS = {
    "LambdaFunction": "arn:aws:lambda:us-east-1:111122223333:function:orders",
    "LambdaAlias": "arn:aws:lambda:us-east-1:111122223333:function:orders:live",
    "StateMachine": "arn:aws:states:us-east-1:111122223333:stateMachine:orders",
    "IamRole": "arn:aws:iam::111122223333:role/a",
    "IamRoleInPath": "arn:aws:iam::111122223333:role/a/b+c=d,e.f@g",
    "LogGroup": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/orders",
    "LogGroupBelow": "arn:aws:logs:us-east-1:111122223333:log-group:/aws/orders/errors",
    "Bucket": "arn:aws:s3:::b",
    "BucketWithDots": "arn:aws:s3:::b.example.com",
    "Table": "arn:aws-cn:dynamodb:cn-north-1:111122223333:table/orders",
    "Alarm": "arn:aws:cloudwatch:us-east-1:111122223333:alarm:orders: too many ($LATEST)",
    "Dashboard": "arn:aws:cloudwatch::111122223333:dashboard/orders",
    "ScheduleGroup": "arn:aws:scheduler:us-east-1:111122223333:schedule-group/orders",
    "Secret": "arn:aws:secretsmanager:us-east-1:111122223333:secret:orders/db-AbCdEf",
    "Topic": "arn:aws:sns:us-east-1:111122223333:orders",
    "SqsQueue": "arn:aws:sqs:us-east-1:111122223333:orders.fifo",
    "Queue": f"{CONNECT}/queue/{QUEUE}",
    "ConnectInstance": CONNECT,
}


def directory(*kinds: str) -> Directory:
    return Directory((Ref(kind, "x"), AwsIds("x", ARNS[kind])) for kind in kinds or ARNS)


@pytest.mark.parametrize("kind", ARNS)
def test_an_arn_is_recognised_whole(kind: str) -> None:
    assert directory().by_name(ARNS[kind]) == Linked(f"${{{kind}/x.arn}}")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"{ARNS['LambdaFunction']}:7", "${LambdaFunction/x.arn}:7"),
        (f"{ARNS['LambdaFunction']}:$LATEST", "${LambdaFunction/x.arn}:$LATEST"),
        (f"{ARNS['LogGroup']}:*", "${LogGroup/x.arn}:*"),
        ("arn:aws:s3:::b/*", "${Bucket/x.arn}/*"),
        (f"{ARNS['Table']}/index/*", "${Table/x.arn}/index/*"),
        (f'["{ARNS["IamRole"]}","{ARNS["Topic"]}"]', '["${IamRole/x.arn}","${Topic/x.arn}"]'),
        (f"{ARNS['Bucket']},{ARNS['Topic']}", "${Bucket/x.arn},${Topic/x.arn}"),
        (f"It is {ARNS['Topic']}.", "It is ${Topic/x.arn}."),
        (f"{ARNS['IamRole']}\n", "${IamRole/x.arn}\n"),
    ],
)
def test_what_follows_an_arn_stays(text: str, named: str) -> None:
    assert directory().by_name(text) == Linked(named)


@pytest.mark.parametrize(
    "text",
    [
        f"{ARNS['LambdaFunction']}s",
        f"{ARNS['LambdaFunction']}-2",
        f"{ARNS['Bucket']}.other",
        f"{ARNS['IamRole']}/other",
        f"{ARNS['IamRole']}@other",
        f"{ARNS['LogGroup']}/other",
        f"{CONNECT}/queue/00000000-0000-4000-8000-000000000009",
    ],
)
def test_the_arn_of_another_resource_stays(text: str) -> None:
    assert directory().by_name(text) is text


def test_the_longest_known_arn_wins() -> None:
    text = ARNS["LambdaAlias"]

    assert directory().by_name(text) == Linked("${LambdaAlias/x.arn}")
    assert directory("LambdaFunction").by_name(text) == Linked("${LambdaFunction/x.arn}:live")


def test_the_stream_of_a_table_is_recognised_before_the_table() -> None:
    stream = f"{ARNS['Table']}/stream/2026-01-01T00:00:00.000"
    known = Directory([(Ref("DynamoDBTable", "x"), AwsIds("x", ARNS["Table"], stream))])

    named = known.by_name(stream)

    assert named == Linked("${DynamoDBTable/x.stream}")
    assert known.by_id(named) == stream
    assert known.by_name(f"{ARNS['Table']}/index/*") == Linked("${DynamoDBTable/x.arn}/index/*")


def test_a_stream_that_a_table_does_not_have_cannot_be_named() -> None:
    known = Directory([(Ref("DynamoDBTable", "x"), AwsIds("x", ARNS["Table"]))])

    with pytest.raises(UnknownReferenceError, match="the table has no stream yet"):
        known.by_id(Linked("${DynamoDBTable/x.stream}"))


def test_an_id_inside_an_unknown_arn_is_not_the_resource() -> None:
    known = Directory([(Ref("Queue", "x"), AwsIds(QUEUE, ""))])

    assert known.by_name(f"{CONNECT}/queue/{QUEUE}") == f"{CONNECT}/queue/{QUEUE}"
    assert known.by_name(f"queue {QUEUE}") == Linked("queue ${Queue/x.id}")


def test_the_arn_that_is_an_associations_id_belongs_to_another_resource() -> None:
    function = ARNS["LambdaFunction"]
    known = Directory([(Ref("LambdaAssociation", "orders"), AwsIds(function, ""))])

    assert known.by_name(function) == function
    assert known.name("LambdaAssociation", function) == "orders"


def test_one_name_may_be_the_id_of_two_kinds() -> None:
    known = Directory([(Ref("IamRole", "r"), AwsIds("orders", "")), (Ref("LogGroup", "g"), AwsIds("orders", ""))])

    assert known.name("IamRole", "orders") == "r"
    assert known.name("LogGroup", "orders") == "g"
    assert known.name("Queue", "orders") == "orders"


def test_the_arn_of_a_replaced_resource_is_forgotten() -> None:
    known = directory("Topic")

    known.add(Ref("Topic", "x"), AwsIds("y", "arn:aws:sns:us-east-1:111122223333:other"))

    assert known.by_name(ARNS["Topic"]) == ARNS["Topic"]
    assert known.name("Topic", ARNS["Topic"]) == ARNS["Topic"]
    assert known.by_name("arn:aws:sns:us-east-1:111122223333:other") == Linked("${Topic/x.arn}")


def test_names_can_be_left_out() -> None:
    left = directory().without_names({Ref("Topic", "x")})

    assert left.by_name(ARNS["Topic"]) == ARNS["Topic"]
    assert left.by_name(ARNS["Bucket"]) == Linked("${Bucket/x.arn}")


between = st.sampled_from(
    ["", " ", ",", '"', ":", "/", ".", "*", "$", "{", "}", "-", "\n", ":live", "/b", "@x", "ä", "\\"]
)
inside = st.text("abz09:/.*$@+=,-_ {}", max_size=6)
pieces = st.lists(st.one_of(st.sampled_from([*ARNS.values(), QUEUE]), between, inside), max_size=8)


@given(pieces.map("".join), st.sets(st.sampled_from(sorted(ARNS))))
def test_names_and_back_restores_the_same_text(text: str, kinds: set[str]) -> None:
    known = Directory(
        (Ref(kind, "a name.of (it)"), AwsIds(QUEUE if kind == "Queue" else "x", ARNS[kind])) for kind in kinds
    )

    named = known.by_name(text)

    assert known.by_id(named) == text
    assert isinstance(named, Linked) == bool(LIKE_REFERENCE.search(named))


SALES = Ref("Queue", "Sales")
SESSION = "arn:aws:wisdom:us-east-1:111122223333:session"


def with_sales() -> Directory:
    return Directory([(SALES, AwsIds(QUEUE, ARNS["Queue"]))])


def test_a_declared_text_is_as_the_same_text_of_aws_reads() -> None:
    """A plan would else differ for ever: an id inside an ARN that no resource has stays as it is."""
    written = Linked(f"{SESSION}/${{{SALES}.id}}/*")

    read = with_sales().by_name(with_sales().by_id(written))

    assert with_sales().by_name(written) == read == f"{SESSION}/{QUEUE}/*"


def test_parts_of_a_known_arn_are_read_as_that_arn() -> None:
    written = Linked(f"{CONNECT}/queue/${{{SALES}.id}}")

    assert with_sales().by_name(written) == Linked(f"${{{SALES}.arn}}")


def test_a_declared_text_keeps_what_is_not_live_and_what_is_replaced() -> None:
    written = Linked(f"{SESSION}/${{{SALES}.id}}/*")

    assert Directory().by_name(written) == written
    assert with_sales().without_names([SALES]).by_name(written) == written
