"""An object with tags needs two permissions, and so does a session with tags."""

from __future__ import annotations

from reconciler.sandbox.authorization.questions import questions_of

PLACE = ("111122223333", "us-east-1")


def test_putting_an_object_with_tags_needs_the_permission_to_tag_it() -> None:
    params = {"Bucket": "lake", "Key": "a/x"}

    plain = [question.action for question in questions_of("s3", "PutObject", params, *PLACE)]
    tagged = [question.action for question in questions_of("s3", "PutObject", {**params, "Tagging": "a=b"}, *PLACE)]

    assert plain == ["s3:PutObject"]
    assert tagged == ["s3:PutObject", "s3:PutObjectTagging"]


def test_a_session_with_tags_needs_the_permission_to_tag_it() -> None:
    params = {"RoleArn": "arn:aws:iam::111122223333:role/tenant", "Tags": [{"Key": "tenant", "Value": "a"}]}

    actions = [question.action for question in questions_of("sts", "AssumeRole", params, *PLACE)]

    assert actions == ["sts:AssumeRole", "sts:TagSession"]
