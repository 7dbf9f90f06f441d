/** Several hours in one CTAS or UNLOAD; it is tried once, and hours it does not bring are written by themselves. */
import { attemptToken } from '../../compaction/sql/statement.js';
import { raise } from '../../kernel/errors.js';
import type { GroupWork } from '../remote/group-files.js';
import type { Place, Work } from './athena-engine.js';
import { manifestKeys } from './athena-manifest.js';
import { drop } from './athena-tables.js';

/** `places`: where manifests may lie. */
export function athenaGroup(work: Work, places: readonly Place[]): GroupWork {
  const { source, target, footers, maxScannedBytes } = work.options;
  const placeOf = (path: string): string => `s3://${target.bucket}/${path}`;
  return {
    ...{ engine: 'athena', ground: work.ground, source: source.store, target: target.store, footers },
    mostBytes: maxScannedBytes,
    run: async (statement, { path, number, job }) => {
      const token = attemptToken(placeOf(path), number);
      // DDL is free.
      const isBilled = statement.kind === 'create table as' || statement.kind === 'unload';
      const told = isBilled && job.scanned ? { scanned: job.scanned } : {};
      const { state, error, scannedBytes, manifestAt } = await work.run(statement, token, job.signal, told);
      if (state === 'SUCCEEDED') return { scannedBytes, manifestAt };
      if (error.type === 1500 || error.type === 1501)
        raise('PERMISSION_DENIED', { action: 'the query', what: error.words.slice(0, 300) });
      const why = `written with other hours: ${error.words.slice(0, 500)}`;
      return raise('ENGINE_FAILED', { engine: 'athena', partition: job.partition, why });
    },
    named: (manifest, path) =>
      manifestKeys(places, manifest === undefined ? [] : [manifest], { bucket: target.bucket, path }),
    drop: async (statements, path) => {
      // After those of the statements before.
      let number = 1000;
      return (await drop(work, statements, () => attemptToken(placeOf(path), number++))) === 0;
    },
  };
}
