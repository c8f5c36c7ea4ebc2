# One database and one user for each service: none can read another's tables. Runs once, when the server is made.
for service in registration scheduling notifications reporting; do
  variable="$(echo "$service" | tr '[:lower:]' '[:upper:]')_DATABASE_PASSWORD"
  eval "password=\$$variable"
  [ -n "$password" ] || { echo "$variable is not set: make one with 'make .env'" >&2; exit 1; }
  psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<SQL
CREATE ROLE frist_$service LOGIN PASSWORD '$password';
CREATE DATABASE frist_$service OWNER frist_$service;
REVOKE ALL ON DATABASE frist_$service FROM PUBLIC;
SQL
done
