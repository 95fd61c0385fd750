"""The database's own guards of the book: every entry sums to zero, and postings are never changed.

SQLite keeps ``balance`` by trigger; as a deferred foreign key to the only
permitted row, 0, it makes COMMIT fail. PostgreSQL has a deferred constraint
trigger. Both refuse UPDATE and DELETE of postings.
"""

from django.db import migrations

SQLITE = [
    """
    CREATE TRIGGER marketplace_posting_balances AFTER INSERT ON marketplace_posting BEGIN
        UPDATE marketplace_journalentry SET balance = balance + NEW.amount WHERE id = NEW.entry_id;
    END
    """,
    """
    CREATE TRIGGER marketplace_posting_not_changed BEFORE UPDATE ON marketplace_posting BEGIN
        SELECT RAISE(ABORT, 'postings are never changed');
    END
    """,
    """
    CREATE TRIGGER marketplace_posting_not_deleted BEFORE DELETE ON marketplace_posting BEGIN
        SELECT RAISE(ABORT, 'postings are never deleted');
    END
    """,
]

POSTGRESQL = [
    """
    CREATE FUNCTION marketplace_entry_balances() RETURNS trigger AS $$
    BEGIN
        IF (SELECT SUM(amount) FROM marketplace_posting WHERE entry_id = NEW.entry_id) <> 0 THEN
            RAISE EXCEPTION 'journal entry % does not sum to zero', NEW.entry_id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE CONSTRAINT TRIGGER marketplace_posting_balances AFTER INSERT ON marketplace_posting
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION marketplace_entry_balances()
    """,
    """
    CREATE FUNCTION marketplace_posting_is_final() RETURNS trigger AS $$
    BEGIN
        RAISE EXCEPTION 'postings are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
    END $$ LANGUAGE plpgsql
    """,
    """
    CREATE TRIGGER marketplace_posting_not_changed BEFORE UPDATE OR DELETE ON marketplace_posting
        FOR EACH ROW EXECUTE FUNCTION marketplace_posting_is_final()
    """,
]

SQLITE_BACK = [
    "DROP TRIGGER marketplace_posting_balances",
    "DROP TRIGGER marketplace_posting_not_changed",
    "DROP TRIGGER marketplace_posting_not_deleted",
]

POSTGRESQL_BACK = [
    "DROP TRIGGER marketplace_posting_not_changed ON marketplace_posting",
    "DROP FUNCTION marketplace_posting_is_final()",
    "DROP TRIGGER marketplace_posting_balances ON marketplace_posting",
    "DROP FUNCTION marketplace_entry_balances()",
]


def guard(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}.get(schema_editor.connection.vendor, [])
    for statement in statements:
        schema_editor.execute(statement, params=None)
    apps.get_model("marketplace", "LedgerZero").objects.using(schema_editor.connection.alias).get_or_create(pk=0)


def unguard(apps, schema_editor):
    statements = {"sqlite": SQLITE_BACK, "postgresql": POSTGRESQL_BACK}.get(schema_editor.connection.vendor, [])
    for statement in statements:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("marketplace", "0001_initial")]

    operations = [migrations.RunPython(guard, unguard)]
