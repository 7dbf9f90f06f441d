/** Reads the answer of a tally row by row: into the tree, and into what was read of each file; what does not fit is refused. */
import { raise } from '../../kernel/errors.js';
import { printable } from '../../kernel/s3.js';
import type { FolderTally } from '../../prefixes/folder-tally.js';
import { barCount } from '../../prefixes/histogram.js';
import { type AnswerColumn, answerColumns, noBar } from './tally-query.js';

export interface TallyAnswer {
  /** One row, its columns as text. What is wrong with it is told at the end, for the engine is at work until then. */
  take(row: readonly unknown[]): void;
  /** Path of each file → how many rows it gave. Errors: INVENTORY_ROW_INVALID, QUERY_FAILED. */
  end(): ReadonlyMap<string, bigint>;
}

type Row = Readonly<Record<AnswerColumn, string>>;

export function tallyAnswer(engine: string, add: (tally: FolderTally) => void): TallyAnswer {
  const rows = new Map<string, bigint>();
  let counted = 0n;
  let fault: unknown;
  const refuse = (why: string): never =>
    raise('QUERY_FAILED', { engine, why: `its answer cannot be read: ${why}` });
  const taken = (row: Row): void => {
    const objects = wholeIn(row, 'objects', refuse);
    if (row.file !== '') {
      if (row.fault !== '') refuseRow(row);
      rows.set(row.file, (rows.get(row.file) ?? 0n) + objects);
      return;
    }
    counted += objects;
    if (row.state !== 'left out') add(folderTally(row, objects, refuse));
  };
  return {
    take(values) {
      if (fault !== undefined) return;
      try {
        taken(rowOf(values, refuse));
      } catch (cause) {
        fault = cause;
      }
    },
    end() {
      if (fault !== undefined) throw fault;
      const read = [...rows.values()].reduce((sum, one) => sum + one, 0n);
      if (read !== counted) refuse(`it counts ${counted} rows by folder and ${read} by file`);
      return rows;
    },
  };
}

type Refuse = (why: string) => never;

function rowOf(values: readonly unknown[], refuse: Refuse): Row {
  if (values.length !== answerColumns.length) refuse(`a row has ${values.length} columns`);
  return Object.fromEntries(
    answerColumns.map((name, at) => {
      const value = values[at];
      return [name, typeof value === 'string' ? value : refuse(`${name} is not a text`)];
    }),
  ) as Row;
}

const wholeIn = (row: Row, name: AnswerColumn, refuse: Refuse): bigint =>
  /^\d{1,38}$/.test(row[name]) ? BigInt(row[name]) : refuse(`${name} is not a whole number`);

function folderTally(row: Row, objects: bigint, refuse: Refuse): FolderTally {
  const { state, sample } = row;
  if (state !== 'current' && state !== 'noncurrent' && state !== 'marker') return refuse('state is unknown');
  const bar = Number(row.bar);
  if (!Number.isInteger(bar) || bar < noBar || bar >= barCount) refuse('bar is none');
  return {
    folder: row.folder,
    class: row.class,
    tier: row.tier,
    state,
    bar: bar === noBar ? undefined : bar,
    objects,
    bytes: wholeIn(row, 'bytes', refuse),
    smallObjects: wholeIn(row, 'small_objects', refuse),
    smallBytes: wholeIn(row, 'small_bytes', refuse),
    sample: sample === '' ? undefined : sample,
  };
}

/** An engine has no lines: the row is named by its key. */
function refuseRow({ file, example, fault }: Row): never {
  const key = `key "${printable(example)}"`;
  return raise('INVENTORY_ROW_INVALID', {
    file: printable(file),
    place: `the row of ${key}`,
    why: fault,
  });
}
