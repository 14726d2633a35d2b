"""A function of the tests."""


def handler(event, context):
    return {"text": "hello"}
