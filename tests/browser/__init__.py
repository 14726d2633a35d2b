"""What a reviewer sees of the pages, in a real browser."""
