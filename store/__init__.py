"""The only place with SQL: schema, migrations, and the queries of the register, outbox, inbox and archive."""
