"""Controls: what a dashboard's switches and filters change in a query, before any name is resolved."""
