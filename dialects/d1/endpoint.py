"""A Worker that migrates its own database when it is asked to: for development.

Migrations come as data, which `qb migrate bundle` writes; the parts of qb that read files and parse SQL are not needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dialects.d1.migrations.histories import ONE_ROW, OURS, RUNS, WRANGLERS
from qb.dialect import Connection
from qb.errors import DatabaseError, UnsupportedError
from qb.running.database import Database

Replaced = tuple[str, str, Sequence[str]]
"""A migration in whose place another one stands: its name, its checksum, those in whose place it stood itself."""
Bundled = (
    tuple[str, str, Sequence[str], Sequence[str]] | tuple[str, str, Sequence[str], Sequence[str], Sequence[Replaced]]
)
"""A migration: its name, its checksum, those that it follows, its statements; if it was squashed, what it replaces."""
Answer = tuple[int, dict[str, Any]]
"""A status of HTTP, and what JSON has to say."""
History = Mapping[str, tuple[str, str]]
"""By the name of each migration that was applied: the checksum, empty where wrangler applied it; and when."""

REFUSED: Answer = (403, {"error": "this needs the token of migrations"})
LOGGED = 20
"""Runs of the log that are told."""

NOW = "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
EXPIRY = "strftime('%Y-%m-%d %H:%M:%f000', 'now', '+60 seconds')"
"""When a run that was heard nothing of counts as crashed: D1 ends a batch after 30 seconds."""
IS_OPEN = f"ended_at IS NULL AND expires_at > {NOW}"
BEGIN = (
    f"INSERT INTO qb_migration_runs (request, started_at, expires_at) SELECT ?, {NOW}, {EXPIRY} "
    f"WHERE NOT EXISTS (SELECT 1 FROM qb_migration_runs WHERE {IS_OPEN}) RETURNING id"
)
OPEN = f"SELECT request, started_at, expires_at FROM qb_migration_runs WHERE {IS_OPEN}"
GO_ON = f"UPDATE qb_migration_runs SET expires_at = {EXPIRY}, applied = ? WHERE id = ? AND {IS_OPEN}"
END = f"UPDATE qb_migration_runs SET ended_at = {NOW}, applied = ?, error = ? WHERE id = ? AND ended_at IS NULL"
LOG = f"SELECT request, started_at, ended_at, applied, error FROM qb_migration_runs ORDER BY id DESC LIMIT {LOGGED}"

OUR_NAMES = "SELECT name, checksum, applied_at FROM qb_migrations"
WRANGLERS_NAMES = "SELECT name, '', applied_at FROM d1_migrations"
OUR_NOTE = f"INSERT INTO qb_migrations (name, checksum, statements, done, applied_at) VALUES (?, ?, ?, ?, {NOW})"
WRANGLERS_NOTE = "INSERT INTO d1_migrations (name) VALUES (?)"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table'"


async def migrate(
    db: Database[Any],
    migrations: Sequence[Bundled],
    *,
    token: str | None,
    authorization: str | None,
    request_id: str | None = None,
) -> Answer:
    """Apply the migrations that the database does not have; the status and the JSON to answer with.

        from bundled import MIGRATIONS  # qb migrate bundle src/bundled.py

        status, answer = await migrate(
            db,
            MIGRATIONS,
            token=getattr(self.env, "MIGRATION_TOKEN", None),
            authorization=request.headers.get("authorization"),
            request_id=request.headers.get("cf-ray"),
        )
        return Response.from_json(answer, status=status)

    `authorization` has to be "Bearer " and the token. Without a token everybody is refused.

    200: `applied` are the names of those that were applied now. 403: refused. 409: the database has other migrations
    than these. 423: another request migrates (`running`), or has crashed less than a minute ago. 500: one failed, and
    nothing of it is done; those before it are. Each run is kept in the table `qb_migration_runs`.

    Raises DatabaseError when the database cannot be asked, UnsupportedError when it is not D1.
    """
    if not is_allowed(token, authorization):
        return REFUSED
    check_dialect(db)
    if not isinstance(request_id, str):  # JavaScript's null is no None
        from qb.uuids import uuid7_text

        request_id = uuid7_text()
    async with db.driver.acquire() as connection:
        return await migrated(connection, migrations, request_id)


async def status(
    db: Database[Any],
    migrations: Sequence[Bundled],
    *,
    token: str | None,
    authorization: str | None,
) -> Answer:
    """What became of each migration, and the log of the last runs, the newest first; for a GET beside `migrate`'s POST.

    200: `migrations`, each with `name`, `state` (applied, pending, edited, between, unknown) and `applied_at`; `runs`,
    each with `request`, `started_at`, `ended_at`, `error`, and `applied`: names, and the milliseconds that D1 took. A
    run without `ended_at` is under way, or has crashed. 403: refused.
    """
    if not is_allowed(token, authorization):
        return REFUSED
    check_dialect(db)
    async with db.driver.acquire() as connection:
        tables = {name for (name,) in await connection.fetch(TABLES, (), list)}
        asked = {"d1_migrations": WRANGLERS_NAMES, "qb_migrations": OUR_NAMES, "qb_migration_runs": LOG}
        found = {name: list[Any]() for name in asked}
        there = [name for name in asked if name in tables]
        if there:
            answers = await connection.batch([(asked[name], (), list) for name in there], True)
            found.update(zip(there, answers, strict=True))
    history = with_squashed(migrations, history_of(found["d1_migrations"], found["qb_migrations"]))
    return 200, {
        "migrations": states(migrations, history),
        "runs": [run_of(*row) for row in found["qb_migration_runs"]],
    }


def is_allowed(token: object, authorization: object) -> bool:
    """Whether the header has the token. How long this takes does not tell how much of it is right."""
    from hmac import compare_digest

    if not isinstance(token, str) or not token or not isinstance(authorization, str):
        return False
    scheme, _, given = authorization.partition(" ")
    is_same = compare_digest(given.encode(errors="surrogatepass"), token.encode(errors="surrogatepass"))
    return is_same and scheme.lower() == "bearer"


def check_dialect(db: Database[Any]) -> None:
    """Raise UnsupportedError for other databases."""
    if db.dialect.name != "d1":
        raise UnsupportedError(f"this migrates D1, and not {db.dialect.name}: qb.migrations.runner does that")


async def migrated(connection: Connection, migrations: Sequence[Bundled], request_id: str) -> Answer:
    """Take the lock, apply what is pending, and give the lock back."""
    creating = [(sql, (), None) for sql in (OURS, WRANGLERS, RUNS)]
    reading = [(sql, (), list) for sql in (WRANGLERS_NAMES, OUR_NAMES, OPEN)]
    answers = await connection.batch([*creating, (BEGIN, (request_id,), list), *reading], True)
    begun, by_wrangler, ours, running = answers[len(creating) :]
    if not begun:
        names = ("request", "started_at", "expires_at")
        return 423, {"error": "another request migrates", "running": dict(zip(names, running[0], strict=True))}
    ((run,),) = begun
    applied: list[dict[str, Any]] = []
    code, error = 200, None
    history = with_squashed(migrations, history_of(by_wrangler, ours))
    problems = problems_of(migrations, history)
    if problems:
        code, error = 409, "\n".join(problems)
    else:
        for migration in migrations:
            if migration[0] not in history:
                try:
                    applied.append(await apply(connection, run, applied, migration))
                except DatabaseError as failure:
                    code, error = 500, f"{migration[0]} failed: {failure}"
                    break
    await connection.execute(END, (as_json(applied), error, run))
    answer = {"request": request_id, "applied": [each["name"] for each in applied]}
    return code, answer if error is None else {"error": error, **answer}


async def apply(
    connection: Connection, run: int, before: Sequence[Mapping[str, Any]], migration: Bundled
) -> dict[str, Any]:
    """Apply one migration, all of it or nothing, as long as the lock is held; what the log says of it."""
    name, checksum, statements = migration[0], migration[1], migration[3]
    count = len(statements)
    jobs: list[Any] = [
        (GO_ON, (as_json([*before, {"name": name}]), run), None),
        (ONE_ROW, (), None),
        (OUR_NOTE, (name, checksum, count, count), None),
        (WRANGLERS_NOTE, (f"{name}.sql",), None),
        *[(statement, (), None) for statement in statements],
    ]
    await connection.batch(jobs, True)
    return {"name": name, "milliseconds": sum([meta.get("duration", 0) for meta in connection.metas])}


def history_of(by_wrangler: Sequence[Sequence[Any]], ours: Sequence[Sequence[Any]]) -> History:
    """What was applied, by whomever."""
    rows = [(name.removesuffix(".sql"), checksum, at) for name, checksum, at in by_wrangler]
    return {name: (checksum, at) for name, checksum, at in [*rows, *ours]}


WRONG = {
    "unknown": "was applied, and is not in the bundle",
    "edited": "was edited after it was applied",
    "between": "was squashed, and the database has a part of it: apply the rest with `qb migrate up`",
}
"""What is said of states in which nothing is applied."""


def with_squashed(migrations: Sequence[Bundled], history: History) -> History:
    """The history as if what was applied in parts had been applied as it was squashed."""
    found = dict(history)
    for migration in migrations:
        if len(migration) < 5:
            continue
        name, checksum, replaced = migration[0], migration[1], migration[4]
        there = [part for part in parts_of(migration) if part in history]
        noted = history[name][0] if name in history else None
        is_own = noted == checksum or (there == [name] and noted not in [known for _, known, _ in replaced])
        done = {
            part
            for one, known, parts in replaced
            if one in history and history[one][0] in ("", known)
            for part in parts or (one,)
        }
        if is_own or done.issuperset(parts_of(migration)):
            at = history[name]
            for part in there:
                del found[part]
            found[name] = at if is_own else (checksum, at[1])
    return found


def parts_of(migration: Bundled) -> Sequence[str]:
    """The names of those of which a migration was squashed."""
    return [name for name, _, parts in migration[4] if not parts] if len(migration) > 4 else ()


def problems_of(migrations: Sequence[Bundled], history: History) -> list[str]:
    """In what the database and the bundle do not belong together."""
    problems = [
        f"{each['name']} {WRONG[each['state']]}" for each in states(migrations, history) if each["state"] in WRONG
    ]
    for migration in migrations:
        name, parents = migration[0], migration[2]
        late = [parent for parent in parents if parent not in history] if name in history else []
        problems += [f"{parent} was not applied, and {name}, which follows it, was" for parent in late]
    return problems


def states(migrations: Sequence[Bundled], history: History) -> list[dict[str, Any]]:
    """What became of each migration of the bundle and of the database."""
    found = []
    known = set()
    for migration in migrations:
        name, checksum, parts = migration[0], migration[1], parts_of(migration)
        noted, at = history.get(name, (None, None))
        state = "pending" if noted is None else "edited" if noted not in ("", checksum) else "applied"
        if any(part in history for part in parts if part != name):
            state, at = "between", None
        found.append({"name": name, "state": state, "applied_at": at})
        known |= {name, *parts}
    lost = [(name, at) for name, (_, at) in history.items() if name not in known]
    return found + [{"name": name, "state": "unknown", "applied_at": at} for name, at in lost]


def run_of(request: str, started_at: str, ended_at: str | None, applied: str, error: str | None) -> dict[str, Any]:
    """A row of the log."""
    from json import loads

    return {
        "request": request,
        "started_at": started_at,
        "ended_at": ended_at,
        "applied": loads(applied),
        "error": error,
    }


def as_json(applied: Sequence[Mapping[str, Any]]) -> str:
    """What the log keeps."""
    from json import dumps

    return dumps(applied)
