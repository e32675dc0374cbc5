-- What an operator must see and a service's role may not: asked by lg_owner, who reads statistics and
-- settings (deploy/postgres.sh grants it); without that grant only what everybody may see is told.

-- Seconds since the oldest transaction of others began that still holds a snapshot: no dead row that is
-- younger can be cleaned away.
CREATE FUNCTION oldest_snapshot_s() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - a.xact_start)), 0)::bigint
      FROM pg_stat_activity AS a
     WHERE a.backend_xmin IS NOT NULL
       AND a.xact_start IS NOT NULL
       AND a.pid <> pg_backend_pid()
       AND a.backend_type <> 'autovacuum worker'
$$;

-- The folder of the database's files, so that its disk can be looked at from the same machine.
CREATE FUNCTION database_folder() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
    SELECT coalesce((SELECT s.setting FROM pg_settings AS s WHERE s.name = 'data_directory'), '')
$$;
