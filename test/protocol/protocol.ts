/** The protocol as choices: the chosen one, and what is left when one of its rules is dropped. */
export interface Protocol {
  /** How the pointer is replaced: only if it is still the one that the run began with, or always. */
  readonly commit: 'cas' | 'put';
  /** How a source is deleted: only these bytes, or whatever lies under the key. */
  readonly deletion: 'if-match' | 'plain';
  /** Whose output is swept: of runs whose commit must fail, or whatever the pointer does not name. */
  readonly cleanup: 'dead-only' | 'eager';
  /** When it is swept: before other work or after it. */
  readonly cleaning: 'first' | 'last';
  /** Whether superseded files outlive the queries that read them. */
  readonly sweeping: 'when-old' | 'at-once';
  /** Where the output goes: to an attempt path nobody reads, or into the prefix that readers list. */
  readonly placement: 'staged' | 'in-place';
  /** Whether the pointer says that sources are being deleted before the first one is. */
  readonly retirement: 'marked' | 'unmarked';
  /** What is made of compacted sources that are gone although nobody was told to delete them: the mark is set, or nothing. */
  readonly vanished: 'marked' | 'ignored';
  /** A late object with the bytes of a compacted source that is gone: it is held, or added like any other. */
  readonly renames: 'held' | 'added';
  /** When the sources are deleted: after the grace, or at once. */
  readonly grace: 'kept' | 'none';
  /** Of what a later generation is made. 'by-mark': of all sources, after the mark of the earlier files and what came late. */
  readonly generations: 'by-mark' | 'by-presence' | 'rebuild' | 'carry';
  /** Whether late objects are compacted before sources are retired. */
  readonly order: 'late-first' | 'retire-first';
  /** Whether the sources are listed again after the writing. */
  readonly verification: 'relist' | 'none';
  /** What a runner believes when the answer to its commit is lost. */
  readonly unknown: 'reread' | 'assume-failed';
  readonly sources: 'keep' | 'delete';
  /** Whether readers of a plain folder are served by copies under final names. */
  readonly publish: 'none' | 'folder';
}

export const chosen: Protocol = {
  commit: 'cas',
  deletion: 'if-match',
  cleanup: 'dead-only',
  cleaning: 'first',
  sweeping: 'when-old',
  placement: 'staged',
  retirement: 'marked',
  vanished: 'marked',
  renames: 'held',
  grace: 'kept',
  generations: 'by-mark',
  order: 'late-first',
  verification: 'relist',
  unknown: 'reread',
  sources: 'delete',
  publish: 'none',
};

/** What may go wrong around it, and how often. */
export interface World {
  readonly crashesEach: number;
  readonly late: boolean;
  readonly overwrite: boolean;
  /** Whether somebody else deletes a source: its owner, or a lifecycle rule. */
  readonly vanish: boolean;
  /** Whether the owner gives a source another name. */
  readonly rename: boolean;
  /** Whether a query goes on after the death of the runner that sent it. */
  readonly straggle: boolean;
  /** Whether a commit that was given up may still reach the store, even after the death of its runner. */
  readonly delay: boolean;
  /** 'every-step': between any two steps. 'where-it-matters': steps that nobody else can see, or that see nothing new, go with the one before (reduction.ts). */
  readonly interleaving: 'every-step' | 'where-it-matters';
}
