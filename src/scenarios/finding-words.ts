/** How sure a finding is, and why: what its folders and names say, and whether its requests are counted or assumed. */
import type { Finding, Scan } from '../prefixes/scan.js';
import type { FindingPart } from './finding-part.js';
import type { LayoutOptions } from './layout.js';

/** `leansOnReads`: more than half of the saving is requests. */
export function certaintyOf(
  { flag, row }: FindingPart,
  { requests }: Scan,
  { queriesPerMonth }: LayoutOptions,
  leansOnReads: boolean,
): { readonly confidence: Finding['confidence']; readonly certainty: string } {
  const isAssumed = requests === undefined && leansOnReads;
  const made = requests
    ? `requests are counted over ${requests.hours} hours of logs`
    : `requests are assumed: each object is read ${queriesPerMonth} times a month`;
  return {
    confidence: isAssumed && flag.confidence === 'high' ? 'medium' : flag.confidence,
    certainty: `${basisOf(flag.kind, row)}; ${made}.`,
  };
}

function basisOf(kind: string, row: FindingPart['row']): string {
  if (kind !== 'small-files')
    return 'Sizes and classes are counted, so that what is billed beyond the bytes is exact';
  const names = [row.format, row.writer].filter((one) => one !== undefined).join(', ');
  if (row.partitioning !== undefined && names !== '')
    return `Folders (${row.partitioning}) and names (${names}) are those of a table`;
  if (row.partitioning !== undefined)
    return `Folders (${row.partitioning}) are those of a table, names say nothing`;
  return names === ''
    ? 'Neither folders nor names say what these objects hold'
    : `Names (${names}) say that these objects hold rows, folders name no hours or days`;
}
