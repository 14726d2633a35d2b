"""Dependencies of a small contact centre for the golden drawings, with a circle and unusual names."""

from __future__ import annotations

from reconciler.dependencies import Dependencies, Edge
from reconciler.errors import Source
from reconciler.model import Ref

HOURS, FRONT, ODD = Ref("HoursOfOperation", "weekdays"), Ref("Queue", "front desk"), Ref("Queue", 'the "end" --> [x]')
TO_FRONT, TIERS = Ref("QuickConnect", "to front desk"), Ref("DataTable", "Tiers")
FLOW = Ref("ContactFlow", "Main flow")


def contact_centre() -> Dependencies:
    base = "manifests/base"
    places = {
        FLOW: None,
        TIERS: Source(f"{base}/data-tables/tiers.yaml", 2, 1),
        HOURS: Source(f"{base}/hours.yaml", 1, 1),
        FRONT: Source(f"{base}/queues.yaml", 1, 1),
        ODD: Source(f"{base}/queues.yaml", 12, 1),
        TO_FRONT: Source(f"{base}/quick-connects.yaml", 1, 1),
    }
    edges = (
        Edge(TIERS, FRONT, "values.Queue"),
        Edge(TIERS, ODD, "values.Queue"),
        Edge(TIERS, ODD, "values.Spare | queue"),
        Edge(FRONT, HOURS, "hoursOfOperation"),
        Edge(FRONT, TO_FRONT, "quickConnects[to front desk]"),
        Edge(ODD, HOURS, "hoursOfOperation"),
        Edge(TO_FRONT, FLOW, "config.contactFlow"),
        Edge(TO_FRONT, FRONT, "config.queue"),
    )
    return Dependencies(places, tuple(sorted(edges)))
