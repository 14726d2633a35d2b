"""The way to AWS. Only the command imports it; the stages are handed what it makes."""
