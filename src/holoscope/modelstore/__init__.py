"""Stored models: their files, who sees which, and the compiled form that queries need.

May not: compile SQL, open a warehouse by itself (`ports.Catalogs` does), know a web framework.
Door: `models.ModelStore`, `compile.Compiled`, `connections`, `schemas`, `folder`; for what people do with
models `managing`, `listing`, `yaml`, `yaml_writes`, `part_changes`, `branches`, `validation`, `cache_resets`;
`refresh.Refresher` and `jobs` for work in the background.
Neighbours: access, storage and modeling below; runs and http above. Tests: tests/modelstore.
"""
