/** Text becomes markup only through here: keys are written by strangers. */
import { printable } from '../kernel/s3.js';
import { style } from './style.js';
import type { Table } from './table.js';
import { counted } from './view.js';

export const escaped = (text: string): string =>
  printable(text).replace(
    /[&<>"']/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[char]!,
  );

/** A whole page: nothing is fetched, nothing runs. */
export function shell(
  head: { readonly title: string; readonly lines: readonly string[] },
  parts: readonly string[],
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(head.title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
<h1>${escaped(head.title)}</h1>
${head.lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}
</header>
${parts.join('\n')}
<footer>Estimated by bucketwise from list prices. Amounts are computed exactly and rounded only here.</footer>
</main>
</body>
</html>
`;
}

export const part = (title: string, says: string, body: string): string =>
  `<section><h2>${title}</h2>${says === '' ? '' : `<p>${says}</p>`}${body}</section>`;

export const list = (title: string, lines: readonly string[]): string =>
  lines.length === 0
    ? ''
    : `<p class="soft">${title}</p><ul class="plain">${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;

/** `name` is what a screen reader calls it; it scrolls by itself, with the keyboard too, where it is wider than the page. */
export function tableHtml(name: string, table: Table, hasTotal = false): string {
  const align = (at: number): string => (table.columns[at]?.align === 'right' ? ' class="right"' : '');
  const head = table.columns.map((one, at) => `<th scope="col"${align(at)}>${escaped(one.name)}</th>`);
  const rows = table.rows.map((row, line) => {
    const cells = row.map((cell, at) => `<td${align(at)}>${escaped(cell)}</td>`).join('');
    return `<tr${hasTotal && line === table.rows.length - 1 ? ' class="total"' : ''}>${cells}</tr>`;
  });
  const isShort = table.columns.length <= 4 ? ' class="short"' : '';
  return scrolled(
    name,
    `<table${isShort}><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}

export const scrolled = (name: string, body: string): string =>
  `<div class="scroll" role="region" aria-label="${escaped(name)}" tabindex="0">${body}</div>`;

/** "and 12 hours more", when the list is cut. */
export const more = (all: number, shown: number, noun: string): string =>
  all > shown ? `<p class="soft">and ${counted(all - shown, noun)} more</p>` : '';
