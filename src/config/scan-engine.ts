/** The engine that tallies an inventory: the `engines` part of bucketwise.yaml, which needs no tables for it. */
import { checked, parseText } from '../documents.js';
import { raise } from '../kernel/errors.js';
import {
  type AthenaSettings,
  athenaSettings,
  enginesSchema,
  type RawEngines,
  type TrinoSettings,
  trinoSettings,
} from './engines.js';

export type QuerySettings = AthenaSettings | TrinoSettings;

/** All else in the file is another command's. */
const scanEngineSchema = { type: 'object', properties: { engines: enginesSchema } };

/** The text of bucketwise.yaml. Errors: DOCUMENT_UNREADABLE, CONFIG_INVALID with file and field. */
export function scanEngine(name: QuerySettings['name'], text: string, source: string): QuerySettings {
  const { engines } = checked<{ engines: RawEngines }>(
    scanEngineSchema,
    parseText(text, source) ?? {},
    source,
    'CONFIG_INVALID',
  );
  const wrong = (field: string, why: string): never => raise('CONFIG_INVALID', { source, field, why });
  return name === 'trino'
    ? trinoSettings(engines.trino, wrong)
    : athenaSettings(engines.athena, undefined, wrong);
}
