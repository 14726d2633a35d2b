"""The checks between a plan and its apply: the digest, the agreement with a reviewed plan, and the policy.

`reconcile.run` calls it before the first write. Plans come in, conflicts and reasons to refuse go out. It changes no
plan and reads no AWS.
"""
