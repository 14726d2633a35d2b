"""plan → AWS: the only writer."""

from reconciler.apply.order import apply
from reconciler.apply.run import Ports, Run, Stop

__all__ = ["Ports", "Run", "Stop", "apply"]
