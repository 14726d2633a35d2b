"""Connects to AWS. Only the command imports this package; it gives the stages the port."""
