/** `prices import`: AWS price files become dated rate cards; what would change is shown before anything is written. */
import { type Day, parseDay } from '../kernel/day.js';
import { raise } from '../kernel/errors.js';
import { parsePriceFile } from '../pricing/price-file.js';
import { priceFileText } from '../pricing/price-file-text.js';
import { importedRegion, type PriceImport } from '../pricing/price-import.js';
import { type OfferPrice, type Places, type PriceListDocument, placeName } from '../pricing/price-list.js';
import { csvOffers } from '../pricing/price-list-csv.js';
import { jsonOffers } from '../pricing/price-list-json.js';
import { type LeftOut, type Match, matchOffers } from '../pricing/price-match.js';
import { type Merge, mergePrices } from '../pricing/price-merge.js';
import { importCsv, importMarkdown, importText } from '../report/price-import-view.js';
import { type PriceFileText, readPriceFiles } from './price-folder.js';
import { unknownRegion } from './prices.js';
import { jsonText, type Shown } from './shown.js';
import type { PriceFolder, PriceText, Surroundings } from './surroundings.js';

export interface ImportRequest {
  readonly files: readonly string[];
  /** Every Region found when empty. */
  readonly regions: readonly string[];
  readonly date?: string;
  readonly dir?: string;
}

export interface PlannedImport {
  readonly shown: Shown<PriceImport>;
  /** How many price files would change. */
  readonly changed: number;
  /** Writes them, all or none, and tells what was done. Errors: CONDITION_FAILED, PERMISSION_DENIED. */
  write(): Promise<Shown<PriceImport>>;
}

/** Writes nothing. Errors: PRICE_LIST_UNREADABLE, PRICE_LIST_INVALID, REGION_UNKNOWN, DAY_INVALID, ARGUMENT_MISSING. */
export async function planImport(given: Surroundings, request: ImportRequest): Promise<PlannedImport> {
  const date = request.date === undefined ? undefined : parseDay(request.date);
  const folder = await given.openPriceFolder(request.dir);
  const files = await readPriceFiles(folder);
  const known = new Map(files.map((one) => [one.file.region, one]));
  for (const region of request.regions) if (!known.has(region)) unknownRegion(region, [...known.keys()]);
  const offers = await readOffers(given, request.files, placesOf(files));
  const { matched, leftOut } = matchedRegions(request, offers, known);
  const results = matched.map((region) => regionImport(region, date));
  const texts = results.flatMap(({ text }) => text ?? []);
  const planned: PriceImport = {
    schemaVersion: 1,
    written: false,
    lists: listsOf(offers),
    regions: results.map(({ merge }) => importedRegion(merge)),
    leftOut: reasonsOf(leftOut),
    elsewhere: elsewhere(offers, known),
  };
  return {
    shown: shownImport(planned),
    changed: texts.length,
    write: async () => {
      await writeAll(folder, texts);
      return shownImport({ ...planned, written: texts.length > 0 });
    },
  };
}

async function readOffers(
  given: Surroundings,
  paths: readonly string[],
  places: Places,
): Promise<OfferPrice[]> {
  const offers: OfferPrice[] = [];
  // One after the other: a list of every Region is large.
  for (const path of paths) offers.push(...understood(await given.readPriceList(path), places));
  return offers;
}

function understood(document: PriceListDocument, places: Places): OfferPrice[] {
  return document.kind === 'json'
    ? jsonOffers(document.file, document.value, places)
    : csvOffers(document.file, document.head, document.rows, places);
}

const placesOf = (files: readonly PriceFileText[]): Places =>
  new Map(files.map(({ file }) => [placeName(file.cards[0]!.location), file.region]));

interface MatchedRegion extends PriceFileText {
  readonly match: Match;
}

/**
 * Every Region that was asked for, else every one the lists hold a price of.
 * Errors: PRICE_LIST_INVALID when there is none, or none of one that was asked for.
 */
function matchedRegions(
  { regions, files }: ImportRequest,
  offers: readonly OfferPrice[],
  known: ReadonlyMap<string, PriceFileText>,
): { readonly matched: readonly MatchedRegion[]; readonly leftOut: readonly LeftOut[] } {
  const names = regions.length > 0 ? [...new Set(regions)].sort() : [...known.keys()];
  const all = names.map((name) => matchedRegion(known.get(name)!, offers));
  const [matched, without] = [all.filter(hasPrices), all.find((one) => !hasPrices(one))];
  const refuse = (where: string): never =>
    raise('PRICE_LIST_INVALID', {
      file: files.join(', '),
      where,
      why: 'it holds no price that a rate card has',
    });
  if (regions.length > 0 && without) refuse(`Region ${without.file.region}`);
  if (matched.length === 0) refuse('the Regions bucketwise has price files for');
  return { matched, leftOut: all.flatMap(({ match }) => match.leftOut) };
}

const hasPrices = ({ match }: MatchedRegion): boolean => match.prices.size > 0;

function matchedRegion(known: PriceFileText, offers: readonly OfferPrice[]): MatchedRegion {
  const { region, cards } = known.file;
  const own = offers.filter((offer) => offer.region === region);
  return { ...known, match: matchOffers(own, cards[0]!.usageTypePrefix) };
}

interface RegionImport {
  readonly merge: Merge;
  readonly text: PriceText | undefined;
}

/** What will be written is read back first: a file that could not be read again is never written. */
function regionImport({ file, text, match }: MatchedRegion, date: Day | undefined): RegionImport {
  const merge = mergePrices(file, match.prices, date);
  const after = priceFileText(merge.file);
  parsePriceFile(after, `${file.region}.json`);
  const isNew = merge.outcome !== 'known';
  return { merge, text: isNew ? { region: file.region, before: text, after } : undefined };
}

const writeAll = async (folder: PriceFolder, texts: readonly PriceText[]): Promise<void> => {
  if (texts.length > 0) await folder.replace(texts);
};

function listsOf(offers: readonly OfferPrice[]): PriceImport['lists'] {
  const lists = new Map<string, PriceImport['lists'][number]>();
  for (const { file, offerCode, version, publicationDate } of offers) {
    const key = JSON.stringify([file, offerCode, version]);
    const prices = (lists.get(key)?.prices ?? 0) + 1;
    lists.set(key, { file, offerCode, version, publicationDate, prices });
  }
  return [...lists.values()];
}

function reasonsOf(leftOut: readonly LeftOut[]): PriceImport['leftOut'] {
  return leftOut.map(({ offer: { file, sku, region, usageType, operation }, why }) => ({
    file,
    sku,
    region,
    usageType,
    operation,
    why,
  }));
}

/** Places in the lists that no price file is for: "UNKNOWN" → 1. */
function elsewhere(
  offers: readonly OfferPrice[],
  known: ReadonlyMap<string, unknown>,
): PriceImport['elsewhere'] {
  const counts = new Map<string, number>();
  for (const { region, location } of offers)
    if (!known.has(region)) {
      const place = region || location || 'no place';
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
  return [...counts].map(([place, prices]) => ({ place, prices }));
}

const shownImport = (value: PriceImport): Shown<PriceImport> => ({
  value,
  forms: {
    table: ({ width }) => importText(value, width),
    json: () => jsonText(value),
    csv: () => importCsv(value),
    md: () => importMarkdown(value),
  },
});
