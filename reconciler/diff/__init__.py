"""Stage 3: two specs in, the fields and cells that differ out.

`plan` calls it, and `undo` for the way back. It is pure: it knows no AWS, no file and no clock, and it decides nothing.
"""
