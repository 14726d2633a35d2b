"""Changes as steps, for plan and apply: the calls, their batches, their order, and what they cost.

`plan` calls `resource` for each change, apply runs the graph that `order` makes, reports show what `estimate` adds up.
It is pure: calls are values here, nothing makes them.
"""
