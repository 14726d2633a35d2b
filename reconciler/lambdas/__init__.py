"""The functions that run at AWS. Each folder is a product of its own, packed with `shared` only."""
