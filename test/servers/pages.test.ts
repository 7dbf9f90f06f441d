/** The report in a real browser: it asks nobody, runs nothing, fits a phone, and can be read in the dark. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import t from 'tap';
import { chromiumFlags, chromiumPath } from '../../scripts/servers/chromium.mjs';
import { reportPage } from '../../src/report/page.js';
import { hostile, viewOf } from '../report/view.js';

const executablePath = chromiumPath();
if (!executablePath) throw new Error('No Chromium. Run: node scripts/servers/chromium.mjs install');

const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };
const hours = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `t${n % 40}/${String(n).padStart(6, '0')}/part.csv`);
const pages = {
  'no object': viewOf([]),
  'one object': viewOf(['a/year=2026/month=11/day=01/hour=00/x.csv']),
  'hostile names': viewOf(hostile),
  '100,000 objects': viewOf(hours(100_000)),
  'billions of objects': viewOf(hours(400), 3000, 50_000_000n),
};

let browser: Browser;
t.before(async () => {
  browser = await chromium.launch({ executablePath, args: chromiumFlags });
});
t.teardown(() => browser.close());

interface Seen {
  readonly tab: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

async function opened(
  path: string,
  viewport: { width: number; height: number },
  colorScheme: 'light' | 'dark',
): Promise<Seen> {
  const tab = await browser.newPage({ viewport, colorScheme });
  const complaints: string[] = [];
  const requests: string[] = [];
  tab.on('console', (message) => complaints.push(message.text()));
  tab.on('pageerror', (error) => complaints.push(String(error)));
  tab.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  tab.on('request', (request) => requests.push(request.url()));
  await tab.goto(pathToFileURL(path).href);
  return { tab, complaints, requests };
}

/** What a reader with a ruler sees: sideways scrolling, and text outside of the picture it belongs to. */
const measures = (tab: Page) =>
  tab.evaluate(() => {
    const outside = [...document.querySelectorAll('svg text')].filter((text) => {
      const box = text.getBoundingClientRect();
      const frame = text.closest('svg')!.getBoundingClientRect();
      const shown = box.width > 0 && getComputedStyle(text).visibility !== 'hidden';
      return (
        shown && (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
      );
    });
    const style = getComputedStyle(document.body);
    const cut = [...document.querySelectorAll('.figures div, .figures dd')].filter(
      (box) => box.scrollWidth > box.clientWidth,
    );
    const amounts = [...document.querySelectorAll('.scroll')].filter((box) => {
      const last = box.querySelector('th.right:last-child')?.getBoundingClientRect();
      return last && last.width > 0 && last.right > box.getBoundingClientRect().right + 1;
    });
    return {
      cut: cut.map((box) => box.textContent),
      amounts: amounts.map((box) => box.getAttribute('aria-label')),
      wider: document.documentElement.scrollWidth - window.innerWidth,
      outside: outside.map((text) => text.textContent),
      background: style.backgroundColor,
      colour: style.color,
      headings: document.querySelectorAll('h1, h2').length,
      tables: document.querySelectorAll('table').length,
      pictures: [...document.querySelectorAll('svg:not(svg svg)')].filter(
        (svg) => svg.getAttribute('aria-label') === null,
      ).length,
    };
  });

/** 0 black, 1 white; "rgb(r, g, b)". */
const lightness = (colour: string): number =>
  Math.max(...(colour.match(/\d+/g) ?? []).slice(0, 3).map(Number)) / 255;

for (const [name, view] of Object.entries(pages))
  t.test(`a report of ${name} on paper (A4 within its margins) is cut nowhere`, async (t) => {
    const path = join(t.testdir(), 'report.html');
    writeFileSync(path, reportPage(view));
    const { tab } = await opened(path, { width: 718, height: 1000 }, 'light');
    await tab.emulateMedia({ media: 'print' });
    const cut = await tab.evaluate(() =>
      [...document.querySelectorAll('.scroll')]
        .filter((box) => box.scrollWidth > box.clientWidth + 1)
        .map((box) => `${box.getAttribute('aria-label')}: ${box.scrollWidth} of ${box.clientWidth}`),
    );
    t.same(cut, []);
    await tab.close();
  });

for (const [name, view] of Object.entries(pages))
  t.test(`a report of ${name} opens at desk and phone, by day and night`, async (t) => {
    const path = join(t.testdir(), 'report.html');
    const html = reportPage(view);
    writeFileSync(path, html);
    t.ok(html.length < 2_000_000, `${html.length} bytes`);
    for (const [width, viewport] of Object.entries(sizes))
      for (const scheme of ['light', 'dark'] as const) {
        const { tab, complaints, requests } = await opened(path, viewport, scheme);
        const seen = await measures(tab);
        t.same(complaints, [], `${width} ${scheme}: the browser complains of nothing`);
        t.same(requests, [pathToFileURL(path).href], 'nothing but the file is asked for');
        t.equal(seen.wider, 0, 'nothing scrolls sideways but tables and pictures');
        t.same(seen.outside, [], 'no label leaves its picture');
        t.same(seen.cut, [], 'every figure fits its card');
        t.same(seen.amounts, [], 'the amount of every row is seen without scrolling');
        t.equal(seen.pictures, 0, 'every picture has a name for those who cannot see it');
        t.ok(seen.headings >= 3 && seen.tables >= 1);
        const [ground, ink] = [lightness(seen.background), lightness(seen.colour)];
        t.ok(
          scheme === 'dark' ? ground < 0.3 && ink > 0.6 : ground > 0.9 && ink < 0.4,
          `${ink} on ${ground}`,
        );
        await tab.close();
      }
  });
