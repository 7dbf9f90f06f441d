/** The columns of an inventory go by their names, in snake_case or CamelCase; what is not known is said. */

export type WantedColumn = 'key' | 'size' | 'storageClass' | 'accessTier' | 'isLatest' | 'isDeleteMarker';

/** Letters alone, lower case. */
const wanted: ReadonlyMap<string, WantedColumn> = new Map([
  ['key', 'key'],
  ['size', 'size'],
  ['storageclass', 'storageClass'],
  ['intelligenttieringaccesstier', 'accessTier'],
  ['islatest', 'isLatest'],
  ['isdeletemarker', 'isDeleteMarker'],
]);

/** InventoryOptionalField of the SDK, and what is given always. */
const known = new Set([
  ...wanted.keys(),
  'bucket',
  'versionid',
  'lastmodifieddate',
  'lastmodified',
  'etag',
  'ismultipartuploaded',
  'replicationstatus',
  'encryptionstatus',
  'objectlockretainuntildate',
  'objectlockmode',
  'objectlocklegalholdstatus',
  'bucketkeystatus',
  'checksumalgorithm',
  'objectaccesscontrollist',
  'objectowner',
  'lifecycleexpirationdate',
  'intelligenttieringreferencedate',
  'objectlockeventholdduration',
  'objectlockeventholdstatus',
]);

export interface ChosenColumns {
  /** The index of each that is there. */
  readonly at: ReadonlyMap<WantedColumn, number>;
  readonly unknown: readonly string[];
}

const plain = (name: string): string => name.toLowerCase().replaceAll('_', '');

export function chooseColumns(names: readonly string[], refuse: (why: string) => never): ChosenColumns {
  const at = new Map<WantedColumn, number>();
  for (const [index, name] of names.entries()) {
    const column = wanted.get(plain(name));
    if (column === undefined) continue;
    const before = at.get(column);
    if (before !== undefined) refuse(`its columns "${names[before]}" and "${name}" are the same one`);
    at.set(column, index);
  }
  if (!at.has('key')) refuse(`it has no column "key", only ${said(names)}`);
  return { at, unknown: names.filter((name) => !known.has(plain(name))) };
}

const said = (names: readonly string[]): string =>
  names.length === 0 ? 'none at all' : names.map((name) => `"${name}"`).join(', ');
