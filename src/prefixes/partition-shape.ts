/** The hours of a table differ in digits only: the next one is read where the last one had them, without looking for layouts. */
import type { Prefix } from '../kernel/s3.js';
import { type FoundPartition, ofOurTime, partitionHour } from './partition-keys.js';

export interface PartitionShape {
  readonly found: FoundPartition;
  /** The folder that was looked at, and where its digits of the date begin and end, in the order of the layout's fields. */
  readonly folder: Prefix;
  readonly spans: readonly (readonly [from: number, to: number])[];
}

/** `folder` is one whose partition was found. Undefined where another layout might take the next: there every folder is looked at. */
export function shapeOf(folder: Prefix, found: FoundPartition): PartitionShape | undefined {
  const { layout, tablePrefix, isFirst } = found;
  // Numbers alone are a date only when it is of our time.
  if (!isFirst || !layout.template.includes('=')) return undefined;
  const spans = new RegExp(layout.pattern.source, 'd').exec(folder.slice(tablePrefix.length))?.indices;
  if (spans?.[0]?.[0] !== 0) return undefined;
  const at = tablePrefix.length;
  return { found, folder, spans: spans.slice(2).map((span) => [at + span![0], at + span![1]] as const) };
}

/** When the hour of another folder of the table begins; undefined when it has another shape, or there is no such hour of our time. */
export function hourLike({ found, folder, spans }: PartitionShape, other: Prefix): number | undefined {
  if (other.length !== folder.length || !other.startsWith(found.tablePrefix)) return undefined;
  for (let at = found.tablePrefix.length; at < folder.length; at++) {
    const [own, like] = [other.charCodeAt(at), folder.charCodeAt(at)];
    if (own !== like && !(isDigit(own) && isDigit(like))) return undefined;
  }
  const hourStart = partitionHour(found.layout, (i) => numberIn(other, spans[i]!));
  return hourStart !== undefined && ofOurTime(hourStart) ? hourStart : undefined;
}

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;

function numberIn(text: string, [from, to]: readonly [number, number]): number {
  let number = 0;
  for (let at = from; at < to; at++) number = number * 10 + text.charCodeAt(at) - 0x30;
  return number;
}
