"""Text with positions: YAML and CSV files as values that remember where they were written. Knows nothing of kinds."""
