"""The metadata database: tables, migrations, transactions, and the file that holds generated secrets.

May not: know what a row means, hold a business rule, use an object mapper.
Door: `unit_of_work.open_database`, `migrations.upgrade`, `secret_file.load_or_create_secrets`, `tables`.
Neighbours: kit below; access, modelstore and app above. Tests: tests/storage.
"""
