"""What makes functions run beside a caller: asynchronous events, event sources, schedules, and the clock."""
