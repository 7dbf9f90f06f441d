// Four pictures of a page: desktop and phone, light and dark.
//
//   node scripts/screenshot.mjs <page.html> <out-prefix>
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { chromiumFlags, chromiumPath } from './servers/chromium.mjs';

const [page, out] = process.argv.slice(2);
const executablePath = chromiumPath();
if (!page || !out || !executablePath) {
  process.stderr.write('Usage: node scripts/screenshot.mjs <page.html> <out-prefix>   (needs Chromium)\n');
  process.exit(2);
}
const browser = await chromium.launch({ executablePath, args: chromiumFlags });
for (const colorScheme of ['light', 'dark'])
  for (const [name, width] of [
    ['desktop', 1280],
    ['phone', 390],
  ]) {
    const tab = await browser.newPage({
      viewport: { width, height: 900 },
      colorScheme,
      deviceScaleFactor: name === 'phone' ? 2 : 1,
    });
    await tab.goto(pathToFileURL(page).href);
    await tab.screenshot({ path: `${out}-${name}-${colorScheme}.png`, fullPage: true });
    await tab.close();
  }
await browser.close();
