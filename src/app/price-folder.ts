/** The price files of a folder, read and checked: each is of the Region it is called after. */
import { raise } from '../kernel/errors.js';
import { type PriceFile, parsePriceFile } from '../pricing/price-file.js';
import { unknownRegion } from './prices.js';
import type { PriceFolder } from './surroundings.js';

export interface PriceFileText {
  readonly file: PriceFile;
  readonly text: string;
}

/** Errors: REGION_UNKNOWN with the nearest name, PRICE_CARD_INVALID. */
export async function readPriceFile(folder: PriceFolder, region: string): Promise<PriceFileText> {
  const text = (await folder.read(region)) ?? unknownRegion(region, await folder.regions());
  const name = `${region}.json`;
  const file = parsePriceFile(text, name);
  if (file.region !== region)
    raise('PRICE_CARD_INVALID', { file: name, why: `it is of the Region "${file.region}"` });
  return { file, text };
}

export const readPriceFiles = async (folder: PriceFolder): Promise<readonly PriceFileText[]> =>
  Promise.all((await folder.regions()).map((region) => readPriceFile(folder, region)));
