"""Phone numbers and secrets: in the columns as the policy says, and nowhere else."""

from __future__ import annotations

import gzip
import hmac
import json

import pytest

from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.privacy import keeper, raw
from tests.lambdas.contact_calls.pipeline import PHONE_KEY, SECRET, Pipeline
from tests.worlds.warehouse import PASSWORD

UTC = {"TIME_ZONE": "UTC"}
CALLER, CENTRE, MESSAGE = "+15550123", "+15550188", "call me at +1 555 0177, Sesame-0100"
PLANTED = (CALLER, CENTRE, "0177", "Sesame-0100", PASSWORD, PHONE_KEY, "555")


def seed(pipeline: Pipeline, id: str = "a") -> None:
    pipeline.seed(
        id,
        "11:00",
        CustomerEndpoint={"Type": "TELEPHONE_NUMBER", "Address": CALLER, "DisplayName": MESSAGE},
        SystemEndpoint={"Type": "TELEPHONE_NUMBER", "Address": CENTRE},
        Attributes={"note": MESSAGE},
        Name=MESSAGE,
    )


def seen(pipeline: Pipeline) -> str:
    objects = pipeline.objects()
    read = [gzip.decompress(body) if key.endswith(".gz") else body for key, body in objects.items()]
    return b"".join(read).decode(errors="replace")


@pytest.mark.slow
@pytest.mark.parametrize("debug", ["", "true"])
def test_nothing_planted_is_in_a_log_an_item_or_an_answer(pipeline: Pipeline, debug: str) -> None:
    """S3-26: whatever becomes of the run."""
    assert pipeline.redshift is not None
    seed(pipeline)
    answers = [pipeline.run("12:40", DEBUG_LOG=debug, **UTC)]
    answers.append(pipeline.invoke({"from": "2026-01-05T10:00Z", "to": "2026-01-05T12:00Z"}, INSERT_BELOW="0", **UTC))
    result = []
    seed(pipeline, "b")
    for _ in range(4):
        pipeline.redshift.cut("call connect")
    with pytest.raises(LoadFailed) as wrong:
        pipeline.run("14:40", **UTC)
    result.append(str(wrong.value))
    pipeline.sandbox.set_faults({"error": {"probability": 1.0, "operations": ["DescribeContact"]}})
    with pytest.raises(Exception, match="DescribeContact") as failed:
        pipeline.run("14:40", **UTC)
    result.append(str(failed.value))

    everything = json.dumps([answers, pipeline.items(), pipeline.lines, result])
    assert [each for each in PLANTED if each in everything] == []
    assert pipeline.rows("customer_phone", "sys_phone", where="contact_id = 'a'") == [
        {"customer_phone": CALLER, "sys_phone": CENTRE}
    ]


@pytest.mark.slow
@pytest.mark.parametrize("way", ["0", "5000"])
def test_hashed_numbers_are_nowhere_in_the_clear_and_can_be_compared(pipeline: Pipeline, way: str) -> None:
    """Columns, files and raw records alike."""
    seed(pipeline)
    seed(pipeline, "b")

    pipeline.run("12:40", PHONES="hash", INSERT_BELOW=way, **UTC)

    expected = hmac.digest(PHONE_KEY.encode(), CALLER.encode(), "sha256").hex()
    assert {each["customer_phone"] for each in pipeline.rows("customer_phone")} == {expected}
    assert [each for each in PLANTED if each in seen(pipeline) and each != "555"] == []
    assert expected in seen(pipeline)


@pytest.mark.slow
def test_masked_numbers_keep_two_digits(pipeline: Pipeline) -> None:
    seed(pipeline)

    pipeline.run("12:40", PHONES="mask", **UTC)

    assert pipeline.rows("customer_phone") == [{"customer_phone": "*******23"}]
    assert [each for each in PLANTED if each in seen(pipeline)] == []


@pytest.mark.slow
def test_hashing_without_a_key_is_refused(pipeline: Pipeline) -> None:
    seed(pipeline)
    secrets = pipeline.client("secretsmanager")
    result = json.loads(secrets.get_secret_value(SecretId=SECRET)["SecretString"]) | {"phone_key": "short"}
    secrets.put_secret_value(SecretId=SECRET, SecretString=json.dumps(result))

    with pytest.raises(LoadFailed, match="phone_key of 16 bytes"):
        pipeline.run("12:40", PHONES="hash", **UTC)
    assert pipeline.objects() == {}


def test_short_addresses_are_masked_whole() -> None:
    mask = keeper("mask")

    assert (mask("+15550123"), mask("0123"), mask("1")) == ("*******23", "*", "*")


def test_a_raw_record_that_is_kept_is_kept_whole() -> None:
    record = {"Id": "a", "Name": MESSAGE, "CustomerEndpoint": {"Address": CALLER}}

    assert raw(record, "keep", str) == record


def test_what_people_write_freely_goes_where_numbers_are_not_kept() -> None:
    record = {
        "Id": "a",
        "Name": MESSAGE,
        "Attributes": {"note": MESSAGE},
        "CustomerEndpoint": {"Type": "VOIP", "DisplayName": MESSAGE},
        "SystemEndpoint": {"Address": CENTRE},
    }

    assert raw(record, "mask", keeper("mask")) == {
        "Id": "a",
        "CustomerEndpoint": {"Type": "VOIP"},
        "SystemEndpoint": {"Address": "*******88"},
    }
