"""The classes of fields, and what tenants decide about them."""

from __future__ import annotations

import pytest

from reconciler.lambdas.connectwise.privacy import classify, decide, is_secret_name
from reconciler.lambdas.connectwise.tenants import Privacy

CONTACTS, TICKETS, COMPANIES = "company/contacts", "service/tickets", "company/companies"


@pytest.mark.parametrize(
    ("table", "path", "expected"),
    [
        (CONTACTS, "portalPassword", "secret"),
        (CONTACTS, "customFields.apiKey", "secret"),
        (TICKETS, "licenseKey", "secret"),
        (TICKETS, "accessToken.value", "secret"),
        (TICKETS, "processNotifications", ""),
        (TICKETS, "monkey", ""),
        (CONTACTS, "gender", "personal"),
        (CONTACTS, "birthDay", "personal"),
        (CONTACTS, "significantOther", "personal"),
        (CONTACTS, "photo.id", "personal"),
        (COMPANIES, "linkedInUrl", "personal"),
        (TICKETS, "hasChildTicket", ""),
        (CONTACTS, "firstName", "contact"),
        (CONTACTS, "addressLine1", "contact"),
        (CONTACTS, "communicationItems.value", "contact"),
        (TICKETS, "addressLine1", ""),
        (TICKETS, "contact.name", "contact"),
        (TICKETS, "contact.id", ""),
        (TICKETS, "owner.name", ""),
        (TICKETS, "contactEmailAddress", "contact"),
        (COMPANIES, "defaultContact.name", "contact"),
        (COMPANIES, "invoiceToEmailAddress", "contact"),
        (COMPANIES, "phoneNumber", ""),
    ],
)
def test_a_field_is_classified_by_its_names(table: str, path: str, expected: str) -> None:
    assert classify(table, tuple(path.split("."))) == expected


@pytest.mark.parametrize(
    ("path", "privacy", "expected"),
    [
        ("portalPassword", Privacy(allow=("portalPassword",)), "drop"),
        ("gender", Privacy(), "drop"),
        ("gender", Privacy(allow=("gender",)), "keep"),
        ("gender", Privacy(allow=("contact.gender",)), "keep"),
        ("gender", Privacy(allow=("gender",), deny=("gender",)), "drop"),
        ("firstName", Privacy(), "keep"),
        ("firstName", Privacy("hash"), "hash"),
        ("firstName", Privacy("drop"), "drop"),
        ("firstName", Privacy("drop", allow=("firstName",)), "keep"),
        ("company.name", Privacy(), "keep"),
        ("company.name", Privacy(deny=("company",)), "drop"),
        ("company.name", Privacy(deny=("company.id",)), "keep"),
    ],
)
def test_a_tenant_decides_about_all_but_secrets(path: str, privacy: Privacy, expected: str) -> None:
    assert decide(CONTACTS, tuple(path.split(".")), privacy) == expected


def test_a_denied_field_may_have_the_name_of_its_record() -> None:
    deny = Privacy(deny=("company.annualRevenue",))

    assert decide(COMPANIES, ("annualRevenue",), deny) == "drop"
    assert decide(CONTACTS, ("annualRevenue",), deny) == "keep"


def test_a_caption_may_announce_a_secret() -> None:
    assert is_secret_name("Wi-Fi Password")
    assert is_secret_name("API Key")
    assert not is_secret_name("Root Cause")
