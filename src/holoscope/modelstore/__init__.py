"""Stored models: their files, who sees which, and the compiled form that queries need.

May not: compile SQL, open a warehouse by itself (`ports.Catalogs` does), know a web framework.
Door: `models.ModelStore`, `refresh.Refresher`, `compile.Compiled`, `yaml.read_yaml`, `connections`,
`schemas`, `folder`.
Neighbours: access, storage and modeling below; runs and http above. Tests: tests/modelstore.
"""
