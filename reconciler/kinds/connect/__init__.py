"""The kinds of Amazon Connect, and what a manifest can refer to but not declare (`lookups`)."""
