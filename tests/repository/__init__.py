"""The repository itself: its imports, sizes, words, locks and requirements, and the planted bugs."""
