/** Charts are SVG text drawn here, coloured by the page's own variables; each says in words what it shows. */
import { hierarchy, treemap, treemapSquarify } from 'd3-hierarchy';
import { bytesText, KIB, MIB } from '../kernel/bytes.js';
import { printable } from '../kernel/s3.js';
import { escaped } from './markup.js';
import { displayWidth, shortened } from './table.js';
import type { Tile } from './tiles.js';
import { compactNumber, counted, number } from './view.js';

/** Upper ends of the colour steps, by median object size; the last is open. */
export const sizeSteps: readonly { readonly upTo: number; readonly name: string }[] = [
  { upTo: 16 * KIB, name: 'below 16 KiB' },
  { upTo: 128 * KIB, name: 'to 128 KiB' },
  { upTo: 1 * MIB, name: 'to 1 MiB' },
  { upTo: 32 * MIB, name: 'to 32 MiB' },
  { upTo: Number.POSITIVE_INFINITY, name: 'larger' },
];

const stepOf = (bytes: number): number => sizeSteps.findIndex(({ upTo }) => bytes < upTo);

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

/** Widths of a letter, generous: fonts differ from machine to machine. */
const letterPx = { name: 8, money: 7.8, detail: 6.6, value: 6.4 } as const;

/** A picture of its own within the picture: what does not fit is cut at its edge, not written over its neighbour. */
function tileSvg(tile: Tile, x: number, y: number, width: number, height: number): string {
  const objects = counted(tile.objects, 'object');
  const detail = `${objects}, median ${bytesText(tile.medianObjectBytes)}`;
  const room = (name: keyof typeof letterPx): number => Math.floor((width - 14) / letterPx[name]);
  const text = (line: number, name: string, says: string | undefined): string =>
    says === undefined || height <= 14 + line * 18
      ? ''
      : `<text class="${name}" x="8" y="${4 + line * 17}">${escaped(says)}</text>`;
  const whole = (name: 'money' | 'detail', ...says: string[]): string | undefined =>
    says.find((one) => displayWidth(one) <= room(name));
  const lines =
    room('name') < Math.min(6, displayWidth(tile.name))
      ? ''
      : text(1, 'name', shortened(printable(tile.name), room('name'))) +
        text(2, 'money', whole('money', tile.money)) +
        text(3, 'detail', whole('detail', detail, objects));
  return (
    `<svg class="step${stepOf(tile.medianObjectBytes)}" x="${fixed(x)}" y="${fixed(y)}" width="${fixed(width)}" height="${fixed(height)}">` +
    `<title>${escaped(`${tile.name}\n${tile.money} a month\n${detail}`)}</title><rect width="100%" height="100%" rx="3"/>${lines}</svg>`
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
  const upper = panelSvg('objects', bars.map(objectsBar), each, 24, panel);
  const lower = panelSvg('dollars', bars.map(dollarsBar), each, panel + 84, panel);
  const height = 2 * panel + 168;
  const marks = [128 * KIB, targetBytes].map((bytes) => markSvg(bars, bytes, each, height - 60)).join('');
  const labels = bars.map((bar, at) => axisLabel(bar.label, at * each + each / 2 + 8, height - 44)).join('');
  return `<svg viewBox="-14 0 ${width + 14} ${height}" role="img" aria-label="Objects and dollars a month by object size">
<text class="panel" x="0" y="14">Objects</text><text class="panel" x="0" y="${panel + 74}">Dollars a month</text>${marks}${upper}${lower}${labels}</svg>`;
}

/** One bar of one panel. */
interface Column {
  readonly value: number;
  /** Written above it when there is room. */
  readonly short: string;
  readonly title: string;
}

const objectsBar = ({ label, objects }: Bar): Column => ({
  value: Number(objects),
  short: compactNumber(Number(objects)),
  title: `${label}: ${number(objects)}`,
});

const dollarsBar = ({ label, dollars, money }: Bar): Column => ({
  value: dollars,
  short: dollars < 100 ? money : `$${compactNumber(dollars)}`,
  title: `${label}: ${money}`,
});

function panelSvg(
  name: string,
  columns: readonly Column[],
  each: number,
  top: number,
  height: number,
): string {
  const most = Math.max(...columns.map(({ value }) => value), Number.MIN_VALUE);
  const tall = columns.map(({ value }) => (value === 0 ? 0 : Math.max(2, (value / most) * (height - 22))));
  const labelled = apart(columns, tall, each);
  const drawn = columns.map(({ short, title }, at) => {
    const x = at * each + 3;
    const y = top + height - tall[at]!;
    const value = labelled.has(at)
      ? `<text class="value" x="${fixed(x + each / 2 - 3)}" y="${fixed(y - 5)}">${escaped(short)}</text>`
      : '';
    return `<g><title>${escaped(title)}</title><rect class="${name}" x="${fixed(x)}" y="${fixed(y)}" width="${fixed(each - 6)}" height="${fixed(tall[at]!)}" rx="2"/>${value}</g>`;
  });
  return `${drawn.join('')}<line class="axis" x1="0" x2="${fixed(each * columns.length)}" y1="${top + height}" y2="${top + height}"/>`;
}

/** Which bars are written on: the tallest first, and none whose number would cross another number or another bar. */
function apart(columns: readonly Column[], tall: readonly number[], each: number): ReadonlySet<number> {
  const half = columns.map(({ short }) => (short.length * letterPx.value) / 2);
  const chosen = new Set<number>();
  const crosses = (at: number, other: number): boolean => {
    const between = Math.abs(at - other) * each;
    const isOverBar = between < half[at]! + each / 2 - 3 && tall[other]! > tall[at]!;
    const isOverText =
      chosen.has(other) && between < half[at]! + half[other]! && Math.abs(tall[at]! - tall[other]!) < 14;
    return isOverBar || isOverText;
  };
  for (const at of [...columns.keys()].sort((a, b) => tall[b]! - tall[a]!))
    if (columns[at]!.value > 0 && !columns.some((_, other) => other !== at && crosses(at, other)))
      chosen.add(at);
  return chosen;
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
