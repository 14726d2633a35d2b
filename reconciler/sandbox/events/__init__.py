"""The causes of invocations beside a caller: asynchronous events, event sources, schedules, and the clock."""
