/** A lister that gives objects page after page, such as a folder's, as a pager: its pages can be asked for in their own order only. */
import type { ObjectRecord } from '../kernel/s3.js';
import type { ColumnBatch } from './column-batch.js';
import type { KeyPage, KeyPageRequest, KeyPager, ListPage, ObjectLister } from './ports.js';

/** One page more than asked for is read, to know whether it is the last. */
export function pagerOver(lister: ObjectLister): KeyPager {
  const open = new Map<string, { readonly pages: AsyncIterator<ListPage>; readonly page: ListPage }>();
  let streams = 0;
  return {
    isOrdered: false,
    hasVersions: false,
    page: async (request) => {
      const token = request.from?.token;
      const known = token === undefined ? undefined : open.get(token);
      if (token !== undefined) open.delete(token);
      const pages = known?.pages ?? begin(lister, request);
      const first = known ? undefined : await pages.next();
      const page = known?.page ?? (first?.done === false ? first.value : { objects: [], prefixes: [] });
      const ahead = first?.done === true ? first : await pages.next();
      if (ahead.done === true) return pageOf(page);
      streams += 1;
      const name = String(streams);
      open.set(name, { pages, page: ahead.value });
      return { ...pageOf(page), next: { token: name } };
    },
  };
}

const begin = (lister: ObjectLister, { prefix, from, delimiter }: KeyPageRequest): AsyncIterator<ListPage> =>
  lister
    .list({ prefix, ...(from?.key !== undefined && { after: from.key }), ...(delimiter && { delimiter }) })
    [Symbol.asyncIterator]();

const pageOf = ({ objects, prefixes }: ListPage): KeyPage => ({ batch: columnsOf(objects), prefixes });

const utf8 = new TextEncoder();

export function columnsOf(objects: readonly ObjectRecord[]): ColumnBatch {
  const keys = objects.map(({ key }) => utf8.encode(key));
  const offsets = new Int32Array(objects.length + 1);
  for (const [row, key] of keys.entries()) offsets[row + 1] = offsets[row]! + key.length;
  const bytes = new Uint8Array(offsets[objects.length]!);
  for (const [row, key] of keys.entries()) bytes.set(key, offsets[row]);
  const values = [...new Set(objects.map(({ storageClass }) => storageClass))];
  return {
    rows: objects.length,
    key: { bytes, offsets },
    size: Float64Array.from(objects, ({ size }) => size),
    storageClass: {
      codes: Int32Array.from(objects, ({ storageClass }) => values.indexOf(storageClass)),
      values,
    },
  };
}
