"""What runs at AWS: each folder is a product of its own, packed with `shared` and nothing else of this repository."""
