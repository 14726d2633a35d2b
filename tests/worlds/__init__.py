"""An instance and what acts on it: the reconciler, another writer, time, scripted answers."""
