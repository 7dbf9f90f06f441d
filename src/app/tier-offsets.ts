/** The flag --tier-offset: how much of a usage type the account used elsewhere, which fills its tiers first. */
import { raise } from '../kernel/errors.js';

/** "TimedStorage-ByteHrs=51200" each. Errors: ARGUMENT_INVALID. */
export function tierOffsets(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const match = /^([A-Za-z0-9-]+)=(\d+(?:\.\d+)?)$/.exec(text);
      return match
        ? [match[1]!, match[2]!]
        : raise('ARGUMENT_INVALID', {
            field: '--tier-offset',
            why: `"${text}" is not like TimedStorage-ByteHrs=51200`,
          });
    }),
  );
}
