"""Measurements of Holoscope against raw DuckDB, as ratios in one run. `make bench` runs all of them."""
