/** What comes from outside enters a statement through these two alone; all three engines quote alike. */

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
