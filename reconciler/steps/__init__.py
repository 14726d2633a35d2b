"""What plan and apply share: a change as steps, their batches, their order, and how many calls they cost.

`plan` calls `resource` for each change, apply runs the graph that `order` makes, reports show what `estimate` adds up.
It is pure: calls are values here, nothing makes them.
"""
