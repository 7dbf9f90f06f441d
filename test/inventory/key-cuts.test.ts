import t from 'tap';
import { cutIn, type Known, landmarkCut } from '../../src/inventory/key-cuts.js';
import { chooseCut, type Stretch, stretchOf } from '../../src/inventory/key-stretches.js';

const folder = (i: number): string => `f${String(i).padStart(5, '0')}/`;
const key = (i: number): string => `k${String(i).padStart(9, '0')}`;
const known = (pages: number): Known => ({ landmarks: [], words: new Set(['part']), pages });

t.test('folders whose objects are not known hold as many as those of the last page', async (t) => {
  const landmarks = Array.from({ length: 600 }, (_, i) => ({ key: folder(i) }));
  const page = { first: `${folder(100)}part-00000.csv`, last: `${folder(124)}part-00039.csv` };
  const cut = landmarkCut(landmarks, page, folder(225));
  t.equal(cut?.at, folder(174));
  const { pages = 0 } = cut ?? {};
  t.ok(pages > 1.9 && pages < 2.2, `${pages} pages before it, as fifty folders are of 25 a page`);
  t.equal(landmarkCut(landmarks, page, folder(170)), undefined, 'not two pages are left');
  const within = { first: `${folder(100)}part-00000.csv`, last: `${folder(100)}part-00999.csv` };
  t.equal(
    landmarkCut(landmarks, within, folder(110))?.pages,
    4.5,
    'a page at least in each where none is whole',
  );
});

t.test('objects that are known go before the last page', async (t) => {
  const landmarks = Array.from({ length: 10 }, (_, i) => ({ key: folder(i), objects: 4000 }));
  const page = { first: `${folder(0)}a`, last: `${folder(3)}b` };
  t.same(landmarkCut(landmarks, page, undefined), { at: folder(6), pages: 12, isSure: true });
  const few = [
    { key: folder(4), objects: 20 },
    { key: folder(5), objects: 20 },
  ];
  t.equal(landmarkCut(few, page, undefined)?.pages, 1, 'a request at least');
});

t.test('what is left is measured by the whole page, also where it began in another folder', async (t) => {
  const page = { first: 'f03076/part-00000.csv', last: 'f03100/part-00035.csv', reach: 0 };
  t.equal(cutIn('', page, 'f03111/part-71', false, known(168)), undefined, 'half a page is not cut');
  t.equal(cutIn('', page, 'f03100/part-169', false, known(168)), undefined, 'nor is the rest of a folder');
  const cut = cutIn('', page, 'f03300', false, known(168));
  t.ok(cut && cut.pages > 3.5 && cut.pages < 4.5, `${cut?.pages} of eight pages`);
});

t.test(
  'a range is cut a little before a page of it ends, so that its last page is neither short nor in vain',
  async (t) => {
    for (const [last, end] of [
      [999, 10_000],
      [4999, 8000],
      [999, 3100],
    ] as const) {
      const cut = cutIn('', { first: key(last - 999), last: key(last), reach: 0 }, key(end), true, known(1));
      const ahead = Number(cut?.at.slice(1).padEnd(9, '0')) - last;
      const pages = Math.round(ahead / 1000);
      t.ok(pages >= 1 && pages <= (end - last) / 1000, `${pages} pages`);
      t.ok(ahead <= 1000 * pages && ahead > 950 * pages, `${ahead} keys up to the cut`);
    }
  },
);

t.test(
  'where keys are known to lie behind a cut it goes before one that may lie behind all keys',
  async (t) => {
    const stretches = (sure: number, unsure: number): readonly Stretch[] =>
      [
        { from: 0, pages: sure, isDense: true },
        { from: 500_000, pages: unsure, isDense: false },
      ].map(({ from, pages, isDense }) => {
        const last = from + 1000;
        const upTo = key(last + pages * 1000);
        const listed = { first: key(from), last: key(last), reach: 1000 };
        return { ...stretchOf({ from: { key: key(last) }, upTo }), listed, isDense };
      });
    const chosen = (sure: number, unsure: number) => {
      const both = stretches(sure, unsure);
      return both.indexOf(chooseCut(both, '', known(3))!.stretch);
    };
    t.equal(chosen(20, 60), 0);
    t.equal(chosen(20, 76), 0);
    t.equal(chosen(20, 88), 1);
    t.equal(chosen(20, 400), 1);
  },
);
