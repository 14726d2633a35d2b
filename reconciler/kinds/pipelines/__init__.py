"""Composites for what runs beside the contact centre: functions with roles, schedules, stores and alarms."""
