"""Filters: wire objects and expression strings to conditions, date literals to instants, conditions to SQL."""
