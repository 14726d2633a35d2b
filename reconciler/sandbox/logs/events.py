"""The events of log groups."""

from __future__ import annotations

from reconciler.sandbox.logs.room import Answer, LogRoom, Params, Proceed


class LogEvents(LogRoom):
    def filter_log_events(self, params: Params, proceed: Proceed) -> Answer:
        """Returns the events of all streams in the order of their times; moto has those of one stream after another.

        "As of June 17, 2019, [interleaved] is ignored and the value is assumed to be true" [service model].
        """
        identifier = str(params.get("logGroupIdentifier") or "")
        group = (
            self.group_of(identifier)
            if identifier.startswith("arn:")
            else self.group(params.get("logGroupName") or identifier)
        )
        events, token, streams = self.backend.filter_log_events(
            group.name,
            params.get("logStreamNames") or [],
            params.get("startTime") or 0,
            params.get("endTime") or 0,
            params.get("limit"),
            params.get("nextToken"),
            params.get("filterPattern") or "",
            interleaved=True,
        )
        return {"events": events, "nextToken": token, "searchedLogStreams": streams}
