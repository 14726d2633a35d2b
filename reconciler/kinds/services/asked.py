"""Services to which no kind belongs: plan asks the tag index, the commands ask the others in the operator's name."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import Refusal, Service

TAGGING = Service(
    name="resourcegroupstaggingapi",
    title="AWS Resource Groups Tagging API",
    prefix="tag",
    refusals=(Refusal("InvalidParameterException", Meaning.INVALID),),
)

SERVICE_QUOTAS = Service(
    name="service-quotas",
    title="Service Quotas",
    prefix="servicequotas",
    refusals=(Refusal("NoSuchResourceException", Meaning.GONE),),
)
STS = Service(name="sts", title="AWS Security Token Service")
