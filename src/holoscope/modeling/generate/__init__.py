"""A SCHEMA model from what a database holds (modeling digest §2, §19.3): tables in, YAML files out.

Pure and deterministic: the same tables, rule and former files give the same text.
Door: `schema.generate`. Tests: tests/modeling/test_generate*.py.
"""
