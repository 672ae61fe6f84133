"""Filters: wire objects become conditions, date literals spans, conditions SQL."""
