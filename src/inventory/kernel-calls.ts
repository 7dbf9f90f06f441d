/** What the compiled reader of inventories has to ask: all that needs names, and more memory than it has. */

/** Answered by whoever counts; places are in the kernel's memory. */
export interface KernelCalls {
  /** The row of a folder in plain UTF-8: 2 × its number, and 1 more when its keys are to be looked at; −1 outside the scan. */
  enter(at: number, length: number): number;
  /** Whether the name of a key says a format or a writer: 1 or 0. */
  says(at: number, length: number): number;
  /** A key that may be the row's sample; the length of the sample it has then, put into `scratch`. */
  sample(row: number, at: number, length: number): number;
  /** The number of a class and tier seen for the first time; −1 when they are too many or too long, −2 when no UTF-8. */
  hold(classAt: number, classLength: number, tierAt: number, tierLength: number): number;
  /** The number of a class and tier of the batch at hand by their codes, −1 for none; −1 when there are too many. */
  name(classCode: number, tierCode: number): number;
  /** One sum of a slot is begun anew: what it was belongs to its tally. */
  spill(slot: number, index: number): void;
  /** Takes over what was counted, and calls `forget`, or `keep` where not all of it need be forgotten. */
  flush(isAll?: boolean): void;
}

/** A row that `enter` was not told of: its folder and its sample; places in memory. */
export interface NewRow {
  readonly at: number;
  readonly length: number;
  readonly sampleAt: number;
  readonly sampleLength: number;
}
