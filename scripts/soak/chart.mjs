// The chart of a run, drawn by Observable Plot in the browser that was run anyway.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);

/** The library as a script that makes a global of it, which its package does not export. @param {string} name @param {string} file */
function scriptOf(name, file) {
  const folder = require.resolve
    .paths(name)
    ?.map((one) => path.join(one, name))
    .find((one) => fs.existsSync(one));
  if (!folder) throw new Error(`${name} is not installed`);
  return fs.readFileSync(path.join(folder, 'dist', file), 'utf8');
}

const WIDTH = 900;
const HEIGHT = 260;

/**
 * @typedef {object} Panel
 * @property {string} label of the y axis
 * @property {boolean} [isLogarithmic]
 * @property {readonly { minute: number, value: number, series: string }[]} points
 */

/** Runs in the page. @param {readonly Panel[]} panels @param {number} width @param {number} height */
function draw(panels, width, height) {
  const { Plot } = /** @type {any} */ (globalThis);
  const drawn = panels.map(({ label, points, isLogarithmic }, index) => {
    const svg = Plot.plot({
      width,
      height,
      marginLeft: 60,
      marginRight: 130,
      grid: true,
      x: { label: 'minutes' },
      y: { label, ...(isLogarithmic ? { type: 'log' } : { zero: true }) },
      marks: [
        Plot.lineY(points, { x: 'minute', y: 'value', stroke: 'series' }),
        Plot.text(
          points,
          Plot.selectLast({ x: 'minute', y: 'value', z: 'series', text: 'series', textAnchor: 'start', dx: 4, fill: 'series' }),
        ),
      ],
    });
    return `<g transform="translate(0 ${index * height})">${svg.outerHTML}</g>`;
  });
  const size = `width="${width}" height="${height * panels.length}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} style="background: white">${drawn.join('')}</svg>\n`;
}

/**
 * @param {import('../browser/launch.mjs').Browser} browser
 * @param {readonly Panel[]} panels
 * @returns {Promise<string>} SVG
 */
export async function chartOf(browser, panels) {
  const page = await browser.openPage();
  try {
    await page.evaluate(`${scriptOf('d3', 'd3.min.js')}; 0`);
    await page.evaluate(`${scriptOf('@observablehq/plot', 'plot.umd.min.js')}; 0`);
    return await page.evaluate(`(${draw})(${JSON.stringify(panels)}, ${WIDTH}, ${HEIGHT})`);
  } finally {
    await page.close();
  }
}
