"""Kinds of AWS services beside Amazon Connect: one file a kind. Their resources belong to an account and a Region."""
