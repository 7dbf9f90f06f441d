// Four pictures of a page: desktop and phone, light and dark. With a height, one: the top of it on a desktop, in light.
//
//   node scripts/screenshot.mjs <page.html> <out-prefix> [height]
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { chromiumFlags, chromiumPath } from './servers/chromium.mjs';

const [page, out, height] = process.argv.slice(2);
const executablePath = chromiumPath();
if (!page || !out || !executablePath) {
  process.stderr.write(
    'Usage: node scripts/screenshot.mjs <page.html> <out-prefix> [height]   (needs Chromium)\n',
  );
  process.exit(2);
}
const browser = await chromium.launch({ executablePath, args: chromiumFlags });
const widths = { desktop: 1280, phone: 390 };
for (const colorScheme of height ? ['light'] : ['light', 'dark'])
  for (const name of height ? ['desktop'] : ['desktop', 'phone']) {
    const tab = await browser.newPage({
      viewport: { width: widths[name], height: Number(height ?? 900) },
      colorScheme,
      deviceScaleFactor: name === 'phone' ? 2 : 1,
    });
    await tab.goto(pathToFileURL(page).href);
    const path = height ? `${out}.png` : `${out}-${name}-${colorScheme}.png`;
    await tab.screenshot({ path, fullPage: !height });
    await tab.close();
  }
await browser.close();
