"""YAML text in, values with positions out, one file at a time; nothing in a file is ignored in silence.

May not: look at a second file, or raise for bad content.
Door: `files.read_file`. Neighbours: `validate` and `load`, which bring files together. Tests: tests/modeling.
"""
