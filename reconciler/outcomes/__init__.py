"""Keeps what runs did, below `.reconcile` in the project.

`reconcile` calls it before and after apply, `undo` reads past runs. `journal` gets each finished item at once and
survives a killed run; `store` writes the outcome whole. A write that fails is an error: no run ends half reported.
"""
