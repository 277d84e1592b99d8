"""A database as a hoster gives it: owned by a role that is no superuser and passes no policy."""

from __future__ import annotations

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import URL

from lib.database.embedded import EmbeddedServer

ROLE = "tenants_owner"
# Everything in the database, made by a superuser, becomes the role's.
HAND_OVER = """
do $$
declare
  found record;
begin
  for found in
    select format('alter %s %s owner to {role}', case relkind
      when 'v' then 'view' when 'm' then 'materialized view' when 'c' then 'type' else 'table' end,
      cast(oid as regclass)) as statement
    from pg_class
    where relnamespace = cast('public' as regnamespace) and relkind in ('r', 'p', 'v', 'm', 'c')
    union all
    select format('alter function %s owner to {role}', cast(oid as regprocedure))
    from pg_proc
    where pronamespace = cast('public' as regnamespace)
      and not exists (select from pg_depend where objid = pg_proc.oid and deptype = 'e')
    union all
    select format('alter type %s owner to {role}', format_type(oid, null))
    from pg_type
    where typnamespace = cast('public' as regnamespace) and typtype = 'e'
  loop
    execute found.statement;
  end loop;
end
$$"""


def make_role(server: EmbeddedServer) -> None:
    """Make the role where it is missing: it may make readers for the notebook, and nothing else."""
    with psycopg.connect(libpq(server.url("postgres")), autocommit=True) as db:
        if not db.execute("select 1 from pg_roles where rolname = %s", [ROLE]).fetchone():
            db.execute(SQL("create role {} login createrole").format(Identifier(ROLE)))


def make_database(server: EmbeddedServer, name: str, template: str = "template1") -> URL:
    """Return the address, as the role, of a new copy of `template`."""
    with psycopg.connect(libpq(server.url("postgres")), autocommit=True) as db:
        made = SQL("create database {} owner {} template {} strategy file_copy")
        db.execute(made.format(Identifier(name), Identifier(ROLE), Identifier(template)))
    return server.url(name).set(username=ROLE)


def hand_over(server: EmbeddedServer, name: str) -> None:
    """Give the role everything in the database that a superuser made."""
    with psycopg.connect(libpq(server.url(name)), autocommit=True) as db:
        db.execute(HAND_OVER.format(role=ROLE).encode())


def libpq(url: URL) -> str:
    """Return the address as psycopg takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
