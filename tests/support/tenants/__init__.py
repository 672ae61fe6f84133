"""Random worlds of tenants on one live server: who may see which rows, and what every answer must be.

`world` draws tables, model and people; `questions` what they ask; `visible` says in plain Python which rows
a rule of access leaves; `oracle` answers from those rows alone; `live` asks the server; `canary` searches
what it sent for what the asker must not know.
"""
