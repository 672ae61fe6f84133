"""Runs: one query asked once, shared, waited for, cancelled, and its answer as bytes.

May not: decide who may ask (a `Scope` comes in), write SQL, know HTTP.
Door: `service.Runs` and `request.RunRequest`. Neighbours: query, warehouses, access below; http
above. Its state lives in this process and is touched on the event loop only.
Tests: tests/runs.
"""
