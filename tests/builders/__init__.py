"""Values that tests begin with: manifests, tables, plans, folders. Nothing here needs an instance."""
