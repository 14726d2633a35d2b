"""Plans the upload of a file of agents: which users it would create and change, and which rows it would refuse.

The command `agents plan` calls it. The function `agent_upload` has the same rules of rows and names. It writes nothing.
"""

from reconciler.agents.files import read_file
from reconciler.agents.planning import plan_live, plan_offline
from reconciler.agents.settings import Settings, settings_of

__all__ = ["Settings", "plan_live", "plan_offline", "read_file", "settings_of"]
