/** What every request to Trino says: who asks, where names are looked for, and the settings of the one statement. */
import type { TrinoServer } from './protocol.js';

export function headersOf(
  { catalog, schema, user, password }: TrinoServer,
  session: Readonly<Record<string, string>>,
): Record<string, string> {
  const settings = Object.entries(session).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return {
    'X-Trino-User': user,
    'X-Trino-Source': 'bucketwise',
    'X-Trino-Catalog': catalog,
    'X-Trino-Schema': schema,
    'X-Trino-Time-Zone': 'UTC',
    ...(settings.length > 0 ? { 'X-Trino-Session': settings.join(',') } : {}),
    ...(password === undefined
      ? {}
      : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
  };
}
