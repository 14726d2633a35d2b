"""Tests of the function that reads ConnectWise."""
