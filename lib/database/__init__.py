"""PostgreSQL: engine and transactions, the embedded server, migrations, named SQL."""
