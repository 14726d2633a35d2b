"""The flow language as CreateContactFlow checks it: a table of action types, and two passes of validation."""
