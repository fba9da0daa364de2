/**
 * A command for a database's container that runs the SQL of its stdin as the superuser, rows as plain text. It comes in
 * through the socket inside that container, which asks for no password; the statement stands in no argv.
 * @param role the superuser of data that another installation made, where the usual one is not there
 */
export function superuserSql(role: string): readonly string[] {
  const shell = `
    user=\${POSTGRES_USER:-postgres} database=\${POSTGRES_DB:-\${POSTGRES_USER:-postgres}}
    psql -X -q -U "$user" -d "$database" -c 'select' </dev/null >/dev/null 2>&1 || user=$0
    exec psql -v ON_ERROR_STOP=1 -q -X -A -t -U "$user" -d "$database"`;
  return ['sh', '-c', shell, role];
}
