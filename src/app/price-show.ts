/** `prices show` and `prices check`: the rate card of a Region and month, and how old and how whole all of them are. */
import { parseDuration } from '../kernel/clock.js';
import { dayOf, firstDay } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { cardFor } from '../pricing/price-book.js';
import { checkRegion, type RegionCheck } from '../pricing/price-book-check.js';
import { type RateCardJson, rateCardJson } from '../pricing/rate-card-json.js';
import { cardCsv, cardMarkdown, cardText, checkCsv, checkMarkdown, checkText } from '../report/price-view.js';
import { readPriceFile, readPriceFiles } from './price-folder.js';
import { monthFor, regionFor } from './prices.js';
import { jsonText, type Shown } from './shown.js';
import type { Surroundings } from './surroundings.js';

export interface ShowRequest {
  readonly region?: string;
  readonly month?: string;
  readonly dir?: string;
}

/** Errors: REGION_MISSING, REGION_UNKNOWN, MONTH_INVALID, PRICE_CARD_MISSING. */
export async function showPrices(given: Surroundings, request: ShowRequest): Promise<Shown<RateCardJson>> {
  const region = regionFor(given, request.region);
  const month = monthFor(given, request.month);
  const { file } = await readPriceFile(await given.openPriceFolder(request.dir), region);
  const card = rateCardJson(cardFor(file, firstDay(month)));
  return {
    value: card,
    forms: {
      table: ({ width }) => cardText(card, month, width),
      json: () => jsonText(card),
      csv: () => cardCsv(card),
      md: () => cardMarkdown(card, month),
    },
  };
}

export interface PriceCheck {
  readonly schemaVersion: 1;
  readonly today: string;
  readonly regions: readonly RegionCheck[];
}

/** Errors: FILE_MISSING, PRICE_CARD_INVALID, REGION_UNKNOWN. */
export async function checkPrices(
  given: Surroundings,
  request: { readonly region?: string; readonly dir?: string },
): Promise<Shown<PriceCheck>> {
  const today = dayOf(given.clock.now());
  const folder = await given.openPriceFolder(request.dir);
  const files =
    request.region === undefined
      ? await readPriceFiles(folder)
      : [await readPriceFile(folder, request.region)];
  const regions = files.map(({ file }) => checkRegion(file, today));
  const value = { schemaVersion: 1, today, regions } as const;
  return {
    value,
    forms: {
      table: ({ width }) => checkText(today, regions, width),
      json: () => jsonText(value),
      csv: () => checkCsv(regions),
      md: () => checkMarkdown(today, regions),
    },
  };
}

const dayMs = 86_400_000;
const notDuration = (text: string): string => `"${text}" is not a duration such as 400d`;

/** The flag --max-age, as 400d. Errors: ARGUMENT_INVALID, PRICE_CARD_STALE naming the Regions. */
export function checkAge({ regions }: PriceCheck, maxAge: string | undefined): void {
  if (maxAge === undefined) return;
  const limit =
    parseDuration(maxAge) ?? raise('ARGUMENT_INVALID', { field: '--max-age', why: notDuration(maxAge) });
  const stale = regions.filter(({ lastReadAgeDays }) => lastReadAgeDays * dayMs > limit);
  if (stale.length > 0)
    raise('PRICE_CARD_STALE', { regions: stale.map(({ region }) => region).join(', '), limit: maxAge });
}
