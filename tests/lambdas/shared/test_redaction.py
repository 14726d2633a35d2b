"""Logs hide personal data, and show what an operator needs."""

from __future__ import annotations

import pytest

from reconciler.lambdas.shared.redaction import HIDDEN, redacted
from reconciler.sandbox import INSTANCE_ARN
from tests.lambdas.session_data.flow import SESSION, SESSION_ARN


@pytest.mark.parametrize(
    "text",
    [
        *("+15550100123", "+1 555 0100 123", "(+44) 20 7946 0958", "5550100", "4111-1111-1111-1111"),
        *("ada@example.com", "first.last+tag@mail.example.co.uk", "AKIAIOSFODNN7EXAMPLE", "Bearer abc.def-ghi"),
        *("password=hunter2", "token: abcdef", "api_key=12345"),
    ],
)
def test_numbers_addresses_and_secrets_go_wherever_they_stand(text: str) -> None:
    assert text not in redacted(f"before {text} after")
    assert HIDDEN in redacted([{"note": text}])[0]["note"]


@pytest.mark.parametrize(
    "text", [SESSION, SESSION.upper(), INSTANCE_ARN, SESSION_ARN, "2026-01-31T23:59:59.123Z", "billing", "v0.1.0", "50"]
)
def test_ids_arns_times_and_words_stay(text: str) -> None:
    assert redacted(text) == text
    assert redacted(f"of {text}, so") == f"of {text}, so"


def test_what_stands_under_a_telling_name_goes_whole() -> None:
    assert redacted({"Password": "x", "userToken": ["y"], "tier": "Gold", "count": 5550100123, "+15550100123": 1}) == {
        "Password": HIDDEN,
        "userToken": HIDDEN,
        "tier": "Gold",
        "count": 5550100123,
        HIDDEN: 1,
    }
