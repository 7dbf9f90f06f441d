/** What the tables and pages show, gathered; the numbers are computed elsewhere and only rounded here. */
import { approximateUsd, roundedUsd, type Usd } from '../kernel/usd.js';
import type { Scan } from '../prefixes/scan.js';
import type { Bill, BillLine, Section } from '../pricing/bill.js';
import type { Outcome } from '../scenarios/outcome.js';
import type { PricedBar, PricedPrefix } from '../scenarios/priced-rows.js';

/** A compaction report as the page needs it; the domain that makes it is not imported here. */
export interface CompactionView {
  readonly table: string;
  readonly engine: string;
  /** An hour where it is not given. */
  readonly grain?: 'minutes' | 'hour' | 'day' | undefined;
  readonly partitions: readonly {
    readonly partition: string;
    readonly state: string;
    readonly reason: string;
    readonly sources: { readonly objects: number; readonly bytes: number };
    readonly target: { readonly files: number; readonly bytes: number; readonly rows: number };
    readonly evidence: string | null;
    /** Null for an hour this run had nothing to do with. */
    readonly ownCost: object | null;
  }[];
  /** The table as a whole could not be worked on. */
  readonly failure?: { readonly message: string };
  readonly totals: {
    readonly partitions: number;
    readonly due: number;
    readonly sources: { readonly objects: number; readonly bytes: number };
    readonly target: { readonly files: number; readonly bytes: number; readonly rows: number };
  };
}

export interface ReportView {
  readonly scan: Scan;
  readonly bill: Bill;
  readonly priced: readonly PricedPrefix[];
  readonly bars: readonly PricedBar[];
  readonly targetFileBytes: number;
  readonly outcome?: Outcome;
  readonly compaction?: readonly CompactionView[];
}

/** What its partitions are called. */
export const grainWord = ({ grain = 'hour' }: Pick<CompactionView, 'grain'>): string =>
  grain === 'minutes' ? 'partition' : grain;

/** Dollars to the cent, and what is below ten cents to two significant digits: never "$0.00" for something that costs. */
export function money(amount: Usd): string {
  const size = Math.abs(approximateUsd(amount));
  if (size === 0 || size >= 0.1) return dollars(roundedUsd(amount, 2));
  const places = Math.min(12, 1 - Math.floor(Math.log10(size)));
  return dollars(roundedUsd(amount, places).replace(/(\.\d\d\d*?)0+$/, '$1'));
}

function dollars(text: string): string {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${text.startsWith('-') ? '−' : ''}$${grouped}.${fraction.padEnd(2, '0')}`;
}

/** −86 %, +12 %, or nothing when there was nothing before. */
export const percent = (ratio: number | undefined): string =>
  ratio === undefined ? '' : `${ratio < 0 ? '−' : '+'}${Math.abs(ratio * 100).toFixed(0)} %`;

export const number = (value: bigint | number): string =>
  value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');

const thousands = ['', ' K', ' M', ' B', ' T'] as const;

/** For charts, where room is short: 2,618,000,000 as "2.62 B"; below ten thousand every digit. */
export function compactNumber(value: number): string {
  if (value < 10_000) return number(Math.round(value));
  const digits = Number(value.toPrecision(3));
  const step = Math.min(thousands.length - 1, Math.floor(Math.log10(digits) / 3));
  return `${number(Number((digits / 1000 ** step).toPrecision(3)))}${thousands[step]}`;
}

/** One line for each rule: lines that share a note share it here too. */
export function ruleLines(lines: readonly BillLine[]): string[] {
  const names = new Map<string, string>();
  for (const { name, note } of lines) if (note !== '' && !names.has(note)) names.set(note, name);
  return [...names].map(([note, name]) => `${name}: ${note}`);
}

export const sectionNames: Readonly<Record<Section, string>> = {
  storage: 'Storage',
  overhead: 'Padding and overhead',
  put: 'PUT requests',
  get: 'GET requests',
  list: 'LIST requests',
  transitions: 'Transitions',
  retrieval: 'Retrieval',
  transfer: 'Transfer',
  queries: 'Queries',
  management: 'Management',
  'side bills': 'Side bills',
  's3 tables': 'S3 Tables',
};

/** "1 object", "2,000 objects". */
export const counted = (value: bigint | number, noun: string): string =>
  `${number(value)} ${Number(value) === 1 ? noun : plural(noun)}`;

const plural = (noun: string): string => (noun.endsWith('x') ? `${noun}es` : `${noun}s`);

/** "3 PUT, 1 GET and 20 LIST requests"; kinds that were not made are left out. */
export function requestsText({ put, get, list }: { put: number; get: number; list: number }): string {
  const made = Object.entries({ PUT: put, GET: get, LIST: list }).filter(([, n]) => n > 0);
  const kinds = made.map(([kind, n]) => `${number(n)} ${kind}`);
  const all = [kinds.slice(0, -1).join(', '), ...kinds.slice(-1)].filter((text) => text !== '').join(' and ');
  return all === '' ? 'no requests' : `${all} request${made.length === 1 && made[0]![1] === 1 ? '' : 's'}`;
}
