"""GetCredentials: a database user with a password that ends."""

from __future__ import annotations

import secrets

from reconciler.sandbox.redshift.gate import Login
from reconciler.sandbox.redshift.identities import identity
from reconciler.sandbox.redshift.room import Answer, Params, RedshiftRoom, invalid, missing

SHORTEST, LONGEST, DEFAULT = 900, 3600, 900  # seconds [service model, of durationSeconds]


class Credentials(RedshiftRoom):
    def get_credentials(self, params: Params) -> Answer:
        """Lends a login. The password differs at each call [inferred], and every one works until it ends."""
        if not params.get("workgroupName"):
            raise invalid("workgroupName is required: the sandbox has no custom domains.")
        workgroup = self.backend.workgroups.get(params["workgroupName"])
        if workgroup is None or workgroup.endpoint is None:
            raise missing(f"The workgroup {params['workgroupName']} does not exist.")
        seconds = int(params.get("durationSeconds") or DEFAULT)
        if not SHORTEST <= seconds <= LONGEST:
            raise invalid(f"durationSeconds must be from {SHORTEST} to {LONGEST}.")
        who = identity(self.backend.account_id)
        until = self.world.now() + seconds
        login = Login(who.user, secrets.token_urlsafe(32), until, who.is_superuser)
        workgroup.endpoint.gate.lend(login)
        # AWS renews before the end; half of the time is inferred.
        refresh = self.world.now() + seconds / 2
        return {"dbUser": login.user, "dbPassword": login.password, "expiration": until, "nextRefreshTime": refresh}
