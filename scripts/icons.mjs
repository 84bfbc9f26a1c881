// Renders public/icons/*.svg to the PNGs that manifest.json names. Run it after a change to a drawing: `node scripts/icons.mjs`.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './browser/find.mjs';
import { launch } from './browser/launch.mjs';

const folder = fileURLToPath(new URL('../public/icons/', import.meta.url));

/** At 16 pixels the full drawing is mush, so the smallest size has a drawing of its own. */
const drawings = /** @type {const} */ ([
  [16, 'icon-small.svg'],
  [32, 'icon.svg'],
  [48, 'icon.svg'],
  [128, 'icon.svg'],
]);

const browser = await launch({ executable: await findBrowser() });
try {
  const page = await browser.openPage();
  await page.send('Emulation.setDefaultBackgroundColorOverride', { color: { r: 0, g: 0, b: 0, a: 0 } });
  for (const [size, drawing] of drawings) {
    const source = fs.readFileSync(path.join(folder, drawing)).toString('base64');
    await page.send('Emulation.setDeviceMetricsOverride', { width: size, height: size, deviceScaleFactor: 1, mobile: false });
    await page.evaluate(`
      document.body.style.margin = 0;
      document.body.innerHTML = '<img width="${size}" height="${size}" style="display:block">';
      document.images[0].src = 'data:image/svg+xml;base64,${source}';
      document.images[0].decode();
    `);
    const { data } = await page.send('Page.captureScreenshot', { format: 'png' });
    fs.writeFileSync(path.join(folder, `icon-${size}.png`), Buffer.from(data, 'base64'));
  }
} finally {
  await browser.close();
}
