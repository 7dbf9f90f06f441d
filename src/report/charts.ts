/** Charts are SVG text drawn here, coloured by the page's own variables; each says in words what it shows. */
import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import { bytesText, KIB, MIB } from '../kernel/bytes.js';
import { approximateUsd, usdFromText } from '../kernel/usd.js';
import type { PricedPrefix } from '../scenarios/findings.js';
import { escaped } from './markup.js';
import { shortened } from './table.js';
import { money, number } from './view.js';

/** Upper ends of the colour steps, by median object size; the last is open. */
export const sizeSteps: readonly { readonly upTo: number; readonly name: string }[] = [
  { upTo: 16 * KIB, name: 'below 16 KiB' },
  { upTo: 128 * KIB, name: 'to 128 KiB' },
  { upTo: 1 * MIB, name: 'to 1 MiB' },
  { upTo: 32 * MIB, name: 'to 32 MiB' },
  { upTo: Number.POSITIVE_INFINITY, name: 'larger' },
];

const stepOf = (bytes: number): number => sizeSteps.findIndex(({ upTo }) => bytes < upTo);

interface Tile {
  readonly name: string;
  readonly dollars: number;
  readonly money: string;
  readonly objects: bigint;
  readonly medianObjectBytes: number;
}

const tilesAtMost = 150;

/** Rows that have no row below them, largest first; what is beyond the limit is one tile. Rows come in key order. */
export function tilesOf(priced: readonly PricedPrefix[]): Tile[] {
  const leaves = priced.filter((row, at) => {
    const next = priced[at + 1];
    return (
      approximateUsd(row.monthly) > 0 &&
      !(next && next.depth > row.depth && next.prefix.startsWith(row.prefix))
    );
  });
  const tiles = leaves
    .map((row) => ({
      name: row.prefix === '' ? '(all)' : row.prefix,
      dollars: approximateUsd(row.monthly),
      money: money(row.monthly),
      objects: row.objects,
      medianObjectBytes: row.medianObjectBytes,
    }))
    .sort((a, b) => b.dollars - a.dollars);
  const rest = tiles.slice(tilesAtMost);
  return rest.length === 0 ? tiles : [...tiles.slice(0, tilesAtMost), restOf(rest)];
}

function restOf(rest: readonly Tile[]): Tile {
  const dollars = rest.reduce((sum, tile) => sum + tile.dollars, 0);
  return {
    name: `${number(rest.length)} smaller prefixes`,
    dollars,
    money: money(usdFromText(dollars.toFixed(12))),
    objects: rest.reduce((sum, tile) => sum + tile.objects, 0n),
    medianObjectBytes: rest[Math.floor(rest.length / 2)]?.medianObjectBytes ?? 0,
  };
}

/** Area is dollars a month, colour the median object size. */
export function treemapSvg(tiles: readonly Tile[], width: number, height: number): string {
  interface Node {
    readonly tile?: Tile;
    readonly children?: readonly Node[];
  }
  const root = hierarchy<Node>({ children: tiles.map((tile) => ({ tile })) }, ({ children }) => children)
    .sum(({ tile }) => tile?.dollars ?? 0)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const laid = treemap<Node>().size([width, height]).paddingInner(2).tile(treemapSquarify)(root);
  const drawn = laid
    .leaves()
    .map(({ data, x0, y0, x1, y1 }) => tileSvg(data.tile!, x0, y0, x1 - x0, y1 - y0));
  const say = `Treemap of ${tiles.length} prefixes; the largest is ${tiles[0]?.name ?? 'none'} with ${tiles[0]?.money ?? 'nothing'} a month.`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(say)}">${drawn.join('')}</svg>`;
}

function tileSvg(tile: Tile, x: number, y: number, width: number, height: number): string {
  const title = `${tile.name}\n${tile.money} a month\n${number(tile.objects)} objects, median ${bytesText(tile.medianObjectBytes)}`;
  const room = Math.floor((width - 16) / 7.2);
  const label = (line: number, name: string, text: string): string =>
    height > 14 + line * 18 && room >= 6
      ? `<text class="${name}" x="${fixed(x + 8)}" y="${fixed(y + 4 + line * 17)}">${escaped(shortened(text, room))}</text>`
      : '';
  return (
    `<g class="step${stepOf(tile.medianObjectBytes)}"><title>${escaped(title)}</title>` +
    `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}" rx="3"/>` +
    label(1, 'name', tile.name) +
    label(2, 'money', tile.money) +
    label(3, 'detail', `${number(tile.objects)} objects, median ${bytesText(tile.medianObjectBytes)}`) +
    '</g>'
  );
}

const fixed = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

export interface Bar {
  readonly label: string;
  /** Upper edge in bytes; null is open. */
  readonly upToBytes: number | null;
  readonly objects: bigint;
  readonly dollars: number;
  readonly money: string;
}

/** Two rows of bars over the same sizes: how many objects, and their dollars. Marks stand at 128 KiB and the target size. */
export function histogramSvg(bars: readonly Bar[], targetBytes: number): string {
  const width = 720;
  const panel = 130;
  const each = width / Math.max(1, bars.length);
  const counts = bars.map(({ objects }) => Number(objects));
  const upper = panelSvg(bars, counts, (bar) => number(bar.objects), each, 24, panel, 'objects');
  const lower = panelSvg(
    bars,
    bars.map(({ dollars }) => dollars),
    (bar) => bar.money,
    each,
    panel + 84,
    panel,
    'dollars',
  );
  const height = 2 * panel + 168;
  const marks = [128 * KIB, targetBytes].map((bytes) => markSvg(bars, bytes, each, height - 60)).join('');
  const labels = bars.map((bar, at) => axisLabel(bar.label, at * each + each / 2 + 8, height - 44)).join('');
  return `<svg viewBox="-14 0 ${width + 14} ${height}" role="img" aria-label="Objects and dollars a month by object size">
<text class="panel" x="0" y="14">Objects</text><text class="panel" x="0" y="${panel + 74}">Dollars a month</text>${marks}${upper}${lower}${labels}</svg>`;
}

function panelSvg(
  bars: readonly Bar[],
  values: readonly number[],
  say: (bar: Bar) => string,
  each: number,
  top: number,
  height: number,
  name: string,
): string {
  const most = Math.max(...values, Number.MIN_VALUE);
  const drawn = bars.map((bar, at) => {
    const value = values[at] ?? 0;
    const tall = value === 0 ? 0 : Math.max(2, (value / most) * (height - 22));
    const x = at * each + 3;
    return (
      `<g><title>${escaped(`${bar.label}: ${say(bar)}`)}</title>` +
      `<rect class="${name}" x="${fixed(x)}" y="${fixed(top + height - tall)}" width="${fixed(each - 6)}" height="${fixed(tall)}" rx="2"/>` +
      `<text class="value" x="${fixed(x + each / 2 - 3)}" y="${fixed(top + height - tall - 5)}">${escaped(value === 0 ? '' : say(bar))}</text></g>`
    );
  });
  return `${drawn.join('')}<line class="axis" x1="0" x2="${fixed(each * bars.length)}" y1="${top + height}" y2="${top + height}"/>`;
}

/** Slanted, so that twenty of them stay apart. */
const axisLabel = (text: string, x: number, y: number): string =>
  `<text class="label" x="${fixed(x)}" y="${y}" transform="rotate(-35 ${fixed(x)} ${y})">${escaped(text)}</text>`;

function markSvg(bars: readonly Bar[], bytes: number, each: number, bottom: number): string {
  const at = bars.findIndex(({ upToBytes }) => upToBytes === null || upToBytes > bytes);
  const place = at < 0 ? bars.length : at;
  if (place === 0) return '';
  const x = fixed(Math.min(place * each, each * bars.length));
  return `<g class="mark"><line x1="${x}" x2="${x}" y1="4" y2="${bottom - 6}"/><text x="${fixed(Number(x) - 5)}" y="14">${bytesText(bytes)}</text></g>`;
}
