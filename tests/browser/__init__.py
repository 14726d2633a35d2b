"""The pages as a reviewer sees them, in a real browser."""
