"""The sandbox against the documented service, not against our client's expectations of it."""
