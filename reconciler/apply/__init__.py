"""Stage 5: applies a plan. This is the only package that writes to AWS.

`reconcile` and `undo` call it with a plan and the ports to AWS and to the journal. Each item of the plan gets a result;
errors of AWS never raise. It must not decide what to change, and it never overwrites another person's edit.
"""

from reconciler.apply.run import Ports, Run, Stop
from reconciler.apply.run_plan import apply

__all__ = ["Ports", "Run", "Stop", "apply"]
