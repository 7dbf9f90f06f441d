/** What the compiled reader of inventories (tally-kernel.as.ts) lends the other side. */

export interface Exports {
  readonly why: { readonly value: number };
  readonly lines: { readonly value: number };
  readonly rows: { readonly value: number };
  readonly leftOut: { readonly value: number };
  readonly hours: { readonly value: number };
  readonly newcomers: { readonly value: number };
  flushSoon(): void;
  weighRows(list: number, count: number, into: number): void;
  gather(row: number, into: number): number;
  keepRows(list: number, count: number): number;
  signRows(list: number, count: number, into: number): void;
  rowCount(): number;
  offerParent(length: number, parent: number): void;
  offerTable(row: number, prefixLength: number, ...spans: number[]): void;
  forgetHours(): void;
  setHours(shape: number, list: number): void;
  setTables(...given: number[]): void;
  setFolders(...given: number[]): void;
  setEncoded(encoded: number): void;
  setup(...given: number[]): void;
  begin(columns: number): void;
  run(from: number, end: number): number;
  runBatch(...given: number[]): number;
  forgetRows(): void;
  forgetSlots(): void;
  forgetFolders(): void;
  addRow(): number;
}
