/** One moment of one hour: its sources, its pointer, its attempts, two runners. Every field is a small number. */

/** Versions of raw objects, a bit each: keys a and b, key c that comes late, and what a is overwritten with. */
export const a1 = 1;
export const b1 = 2;
export const c1 = 4;
export const a2 = 8;
export const versions = [a1, b1, c1, a2] as const;
/** Every version that has the key of this one. */
export const sameKey = (version: number): number => (version === a1 || version === a2 ? a1 | a2 : version);
export const keysOf = (set: number): number => (set & (a1 | a2) ? a1 | a2 : 0) | (set & (b1 | c1));

export interface Pointer {
  /** Grows with every write of the pointer; an etag in the model. 0: there is none. */
  readonly revision: number;
  /** Sources of it may have been deleted. */
  readonly marked: boolean;
  /** Committed longer ago than the grace. */
  readonly old: boolean;
  /** Versions whose rows it says it holds. */
  readonly covered: number;
  /** Attempts whose files it names, a bit each. */
  readonly files: number;
}

export const noPointer: Pointer = { revision: 0, marked: false, old: false, covered: 0, files: 0 };

export const gone = 0;
export const intended = 1;
export const partial = 2;
export const complete = 3;

/** An attempt path, with its intent and the manifest that it was begun for. */
export interface Attempt {
  /** Revision of the pointer that its commit will replace. */
  readonly revision: number;
  readonly sources: number;
  readonly covered: number;
  /** Attempts whose files the commit names besides its own. */
  readonly carried: number;
  readonly status: number;
  readonly intent: boolean;
  /** Versions that were really read; what its files hold. */
  readonly rows: number;
  /** Ghost: left by the pointer so lately that a query may still read it. */
  readonly fresh: boolean;
  /** A request to commit it is on its way. */
  readonly sent: boolean;
}

export const pcs = [
  'idle',
  'list',
  'freeze',
  'claim',
  'intend',
  'write',
  'writing',
  'verify',
  'commit',
  'reread',
  'mark',
  'retire',
  'clean',
  'publish',
  'unpublish',
] as const;
export type Pc = (typeof pcs)[number];

/** A runner's memory. What a step does not need any more is zero, so that equal futures are equal states. */
export interface Runner {
  readonly pc: Pc;
  readonly crashes: number;
  readonly revision: number;
  readonly sources: number;
  readonly covered: number;
  readonly files: number;
  readonly flags: number;
  /** -1: none. */
  readonly attempt: number;
}

export interface State {
  /** Versions in the source bucket. */
  raw: number;
  /** Versions that ever were there. */
  born: number;
  /** Ghost: versions that runners deleted. */
  deleted: number;
  /** Ghost: 1 when a's first version was overwritten while it lay there; 2 when that was too late to replace it. */
  superseded: number;
  /** Ghost: 1 when b was deleted by others; 2 when the pointer covered it, so that its row must stay. */
  vanished: number;
  /** 1: what lies under c are the bytes of b, which its owner renamed. Whoever lists sees it by the etag. */
  renamed: number;
  /** Ghost: versions whose generation was committed and old enough. */
  ripe: number;
  /** 0 free, 1 and 2 held by a runner, 3 by a dead one. */
  claim: number;
  pointer: Pointer;
  /** Attempts whose files lie under final names, a bit each. */
  shown: number;
  attempts: readonly Attempt[];
  runners: readonly [Runner, Runner];
}

export const idle = (crashes: number): Runner => ({
  pc: 'idle',
  crashes,
  revision: 0,
  sources: 0,
  covered: 0,
  files: 0,
  flags: 0,
  attempt: -1,
});

export const start = (crashesEach: number): State => ({
  raw: a1 | b1,
  born: a1 | b1,
  deleted: 0,
  superseded: 0,
  vanished: 0,
  renamed: 0,
  ripe: 0,
  claim: 0,
  pointer: noPointer,
  shown: 0,
  attempts: [],
  runners: [idle(crashesEach), idle(crashesEach)],
});

/** Written out, because a search copies some millions of them. */
export const stateWith = (
  state: State,
  runners: State['runners'],
  attempts: readonly Attempt[],
  claim: number,
): State => ({
  raw: state.raw,
  born: state.born,
  deleted: state.deleted,
  superseded: state.superseded,
  vanished: state.vanished,
  renamed: state.renamed,
  ripe: state.ripe,
  claim,
  pointer: state.pointer,
  shown: state.shown,
  attempts,
  runners,
});

export const names = (set: number, attempt: number): boolean => (set & (1 << attempt)) !== 0;

/** The rows that versions hold: a renamed one holds those that it held before. */
export const rowsOf = ({ renamed }: Pick<State, 'renamed'>, set: number): number =>
  renamed && set & c1 ? (set & ~c1) | b1 : set;

/** What the files of the pointer hold, and what they hold twice. */
export function pointerRows({ pointer, attempts }: State): { readonly rows: number; readonly twice: number } {
  let rows = 0;
  let twice = 0;
  for (let i = 0; i < attempts.length; i++)
    if (names(pointer.files, i)) {
      twice |= rows & attempts[i]!.rows;
      rows |= attempts[i]!.rows;
    }
  return { rows, twice };
}
