-- Run once by the image, as the superuser, on an empty data volume.

-- The migrations use these and do not create them; only a superuser may.
CREATE EXTENSION IF NOT EXISTS vector;
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";

-- The server's own role is no superuser: every tool of an agent sees the database address with its password, and a
-- superuser could run commands in this container. It owns its database and may make tables in it, no more.
\set password `cat /run/secrets/db`
SET log_min_error_statement = panic; -- a failing CREATE ROLE would be logged with the password
CREATE ROLE letta LOGIN PASSWORD :'password';
RESET log_min_error_statement;
ALTER DATABASE letta OWNER TO letta;
REVOKE ALL ON DATABASE letta FROM PUBLIC;
GRANT ALL ON SCHEMA public TO letta;

-- The superuser comes in through the socket inside this container only, where no password is asked.
ALTER ROLE postgres PASSWORD NULL;
