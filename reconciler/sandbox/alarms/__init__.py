"""Alarms of CloudWatch change their state as the clock moves, and act: topics and functions hear of it.

Source: "Using Amazon CloudWatch alarms" and "Configuring how CloudWatch alarms treat missing data", of its user guide.
"""
