"""Which database role may do what: applied again after every migration, the whole list in one place."""

from __future__ import annotations

import psycopg
from psycopg import sql

# Insert and select only: nobody but the owner can change or remove what stands in the ledger.
APPEND_ONLY = (
    "ledger_entry",
    "ledger_entrydetail",
    "notices_attempt",
    "notices_stepaction",
    "procedures_dossieraction",
    "population_change",
    "population_loadreject",
    "registrar_requestaction",
    "identity_glass",
    "identity_glassreview",
    "identity_proposalaction",
    "protection_desk",
    "protection_caseaction",
    "protection_breachaction",
    "protection_consentaction",
    "protection_registerversion",
    "ledger_log",
    "ledger_leaf",
    "ledger_checkpoint",
    "ledger_epoch",
    "ledger_daycount",
    "exchange_liststep",
    "onboarding_registration",
    "onboarding_registrationline",
    "onboarding_standingevent",
    "onboarding_dossieraction",
    "onboarding_accountrow",
    "onboarding_reorganisation",
    "onboarding_inspectionaction",
    "reconcile_roundaction",
    "reconcile_phonestep",
    "steering_task",
    "steering_taskaction",
    "steering_figure",
)
# A step is tried, ended and emptied; rows with an interval are withdrawn or the household dissolved; nothing else of them changes,
# and none is deleted.
CHANGES_ONLY = {
    "notices_step": "payload, state, began_at, due_at, claimed_at, leased_until, attempts, ended_at, code, words",
    "population_membership": "withdrawn_at, withdrawn_request",
    "population_relation": "withdrawn_at, withdrawn_request",
    "population_residence": "withdrawn_at, withdrawn_request",
    "population_household": "dissolved_on",
    "ledger_tile": "hashes",  # the right edge grows; a trigger holds that nothing else of it changes
    "ledger_cosignature": "line, at",
    "ledger_answercount": "count",
    "ledger_seal": "lifted_at, lifted_by",
    "onboarding_key": "state, revoked_at, reason",  # a key is added and revoked, never exchanged or removed
    "protection_consent": "withdrawn_at",
    "protection_suspension": "state, decided_by, decided_at",
    "ledger_sequencer": "tx, id, again, moved_at, halted, halted_at",
}
NEVER_DELETED = ("population_person", "population_loadbatch", "protection_case", "protection_breach", "protection_telling")
GATEWAY_READS = (
    "onboarding_system",
    "onboarding_grant",
    "onboarding_account",
    "ledger_sequencer",
    "exchange_planted",
    "population_household",
    "population_membership",
    "onboarding_key",
)
GATEWAY_WRITES = (
    "ledger_answercount",
    "exchange_idempotency",
    "exchange_nonce",
    "exchange_securityevent",
    "exchange_extractionuse",
    "exchange_learned",
    "exchange_attempt",
    "exchange_alarm",
    "exchange_shadowcount",
    "exchange_usage",
)
# Tables under row-level security that the gateway works on for every system at once: it has policies of its own there.
GATEWAY_SEES = (
    "exchange_idempotency",
    "exchange_subscription",
    "exchange_subscriber",
    "exchange_feedchange",
    "exchange_listrequest",
    "exchange_usage",
    "onboarding_trialcall",
)
# Where the gateway needs less than that, and exactly what.
GATEWAY_MORE = {
    "exchange_subscription": "select, insert, update (ended_at, end_reason)",
    "exchange_subscriptionmark": "select, insert",
    "exchange_subscriber": "select, update (pulled, pulled_at)",
    "exchange_feedchange": "select",
    "exchange_listrequest": "select, insert, update (state, key, changed_at)",
    "exchange_listpage": "select, update (sealed, told_at)",
    "exchange_liststep": "select, insert",
    "onboarding_trialcall": "select, insert, delete",
}
# Functions of the owner's that do one thing the role has no right for on the table.
GATEWAY_CALLS = ("onboarding_suspend(text, text, timestamptz)",)


def apply_privileges(owner_url: str, web_role: str, gateway_role: str) -> None:
    """Grant each role exactly its rights. The two roles may be one and the same on a server of one's own."""
    with psycopg.connect(owner_url) as connection:
        tables = {row[0] for row in connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()}
        _run(connection, "revoke all on all tables in schema public, population from {role}", web_role, gateway_role)
        _run(connection, "grant usage on schema public, population to {role}", web_role, gateway_role)
        _run(connection, "grant usage, select on all sequences in schema public to {role}", web_role)
        _run(connection, "grant execute on all functions in schema public to {role}", web_role)
        _run(connection, "grant select on population.person_facts to {role}", web_role, gateway_role)
        for table in sorted(tables):
            partition = table.startswith(("ledger_entry_", "ledger_entrydetail_", "ledger_leaf_"))
            if partition:
                continue  # reached through the parent only
            _run(connection, f"grant {_rights_on(table)} on {{table}} to {{role}}", web_role, table=table)
        if connection.info.server_version >= 170_000:  # earlier only the owner may analyze; the server does it by itself in time
            for table in (*NEVER_DELETED[:1], *CHANGES_ONLY):
                _run(connection, "grant maintain on {table} to {role}", web_role, table=table)
        for table in (*APPEND_ONLY[:2], "ledger_seal"):
            _run(connection, "grant select, insert on {table} to {role}", gateway_role, table=table)
        for table in GATEWAY_READS:
            _run(connection, "grant select on {table} to {role}", gateway_role, table=table)
        for table in GATEWAY_WRITES:
            _run(connection, "grant select, insert, update on {table} to {role}", gateway_role, table=table)
        for table, rights in GATEWAY_MORE.items():
            _run(connection, f"grant {rights} on {{table}} to {{role}}", gateway_role, table=table)
        for table in GATEWAY_SEES:
            _run(connection, "drop policy if exists gateway on {table}", gateway_role, table=table)
            _run(connection, "create policy gateway on {table} to {role} using (true)", gateway_role, table=table)
        for function in GATEWAY_CALLS:
            _run(connection, f"grant execute on function {function} to {{role}}", gateway_role)


def _rights_on(table: str) -> str:
    if table == "django_migrations":
        return "select"
    if columns := CHANGES_ONLY.get(table):
        return f"select, insert, update ({columns})"
    if table in APPEND_ONLY:
        return "select, insert"
    return "select, insert, update" if table in NEVER_DELETED else "select, insert, update, delete"


def _run(connection: psycopg.Connection[tuple[object, ...]], statement: str, *roles: str, table: str = "") -> None:
    for role in dict.fromkeys(roles):
        connection.execute(
            sql.SQL(statement).format(  # our own literals, with named places
                role=sql.Identifier(role), table=sql.Identifier(table)
            )
        )
