"""The database's own guard of the price history: what a pack cost is never changed or deleted, on SQLite and PostgreSQL."""

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER marketplace_pricechange_not_changed BEFORE UPDATE ON marketplace_pricechange BEGIN
        SELECT RAISE(ABORT, 'price changes are never changed');
    END
    """,
    """
    CREATE TRIGGER marketplace_pricechange_not_deleted BEFORE DELETE ON marketplace_pricechange BEGIN
        SELECT RAISE(ABORT, 'price changes are never deleted');
    END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION marketplace_pricechange_is_final() RETURNS trigger AS $$
    BEGIN
        RAISE EXCEPTION 'price changes are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER marketplace_pricechange_not_changed BEFORE UPDATE OR DELETE ON marketplace_pricechange
        FOR EACH ROW EXECUTE FUNCTION marketplace_pricechange_is_final()
    """,
]

SQLITE_BACK = [
    "DROP TRIGGER marketplace_pricechange_not_changed",
    "DROP TRIGGER marketplace_pricechange_not_deleted",
]

POSTGRESQL_BACK = [
    "DROP TRIGGER marketplace_pricechange_not_changed ON marketplace_pricechange",
    "DROP FUNCTION marketplace_pricechange_is_final()",
]


def guard(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement, params=None)


def unguard(apps, schema_editor):
    for statement in {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}.get(schema_editor.connection.vendor, []):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0002_book_guards")]

    operations = [migrations.RunPython(guard, unguard)]
