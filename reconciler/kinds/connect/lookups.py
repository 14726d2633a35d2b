"""Resources that manifests may name but not declare. Their ids are looked up by name when a manifest names one."""

from __future__ import annotations

from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Lookup

_PAGE = {"MaxResults": 1000}

LOOKUPS = {
    "EmailAddress": Lookup(
        CONNECT,
        Listing("SearchEmailAddresses", "EmailAddresses", {"MaxResults": 100}),
        "EmailAddress",
        "EmailAddressId",
        "EmailAddressArn",
    ),
}
