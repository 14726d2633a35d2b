"""The commands that operate deployed pipelines: arguments → requests, states and rows → text, JSON and CSV."""
