/** The program with its real adapters, for tests of whole bills. */
import type { Test } from 'tap';
import type { ReconcileRequest } from '../../src/app/reconcile.js';
import { createApp } from '../../src/app.js';
import type { Reconciliation } from '../../src/reconcile/reconciliation.js';
import { createWorld } from '../../src/world.js';

export const app = createApp(createWorld({ environment: {} }));
const watch = { progress: () => undefined, note: () => undefined, signal: new AbortController().signal };

export const reconcile = async (
  bills: readonly string[],
  more: Partial<ReconcileRequest> = {},
): Promise<Reconciliation> => (await app.reconcile({ bills, ...more }, watch)).value;

/** Every row matched, and not a dollar of difference. */
export function exact(t: Test, value: Reconciliation, rowCount: number, form: string): void {
  t.same(
    value.notUnderstood.entries.map(
      ({ usageType, operation, reason }) => `${usageType}:${operation} ${reason}`,
    ),
    [],
    form,
  );
  t.equal(value.matched.rows, rowCount, form);
  const off = value.matched.groups.filter(({ difference }) => difference.toString() !== '0');
  t.same(
    off.map(({ usageType, price, difference }) => `${usageType} ${price} ${difference}`),
    [],
    `${form}: no group differs`,
  );
  t.equal(value.unexplained.amount.toString(), '0', form);
}
