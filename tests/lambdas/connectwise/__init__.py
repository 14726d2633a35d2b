"""Tests of the code that the functions of ConnectWise share."""
