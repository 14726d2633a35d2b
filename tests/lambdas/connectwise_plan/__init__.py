"""Tests of the function that plans a run."""
