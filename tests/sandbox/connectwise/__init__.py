"""Tests of the stand-in for ConnectWise."""
