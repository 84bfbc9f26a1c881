// Charts of what instruments have measured, drawn by Observable Plot in the browser that was measured anyway.

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
 * @property {string} x the label of the x axis
 * @property {string} y that of the y axis
 * @property {'x' | 'y' | 'both'} [logarithmic] which axes are
 * @property {number} [height] in pixels
 * @property {string} [reference] the series that the others are compared with: drawn with dashes
 * @property {readonly { x: number, y: number, series: string }[]} points
 */

/** Runs in the page. @param {readonly Panel[]} panels @param {number} width @param {number} usualHeight */
function draw(panels, width, usualHeight) {
  const { Plot } = /** @type {any} */ (globalThis);
  let top = 0;
  const drawn = panels.map(({ x, y, points, logarithmic, reference, height = usualHeight }) => {
    const isLogarithmic = (/** @type {string} */ axis) => logarithmic === axis || logarithmic === 'both';
    const dashes = (/** @type {{ series: string }} */ { series }) => (series === reference ? 0.35 : 1);
    const svg = Plot.plot({
      width,
      height,
      marginLeft: 60,
      marginRight: 230,
      grid: true,
      x: { label: x, ...(isLogarithmic('x') ? { type: 'log' } : {}) },
      y: { label: y, ...(isLogarithmic('y') ? { type: 'log' } : { zero: true }) },
      marks: [
        Plot.lineY(points, { x: 'x', y: 'y', stroke: 'series', strokeOpacity: dashes, ...(isLogarithmic('x') ? { marker: 'dot' } : {}) }),
        Plot.text(points, Plot.selectLast({ x: 'x', y: 'y', z: 'series', text: 'series', textAnchor: 'start', dx: 6, fill: 'series' })),
      ],
    });
    const panel = `<g transform="translate(0 ${top})">${svg.outerHTML}</g>`;
    top += height;
    return panel;
  });
  const size = `width="${width}" height="${top}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} style="background: white">${drawn.join('')}</svg>\n`;
}

/**
 * @param {import('./browser/launch.mjs').Browser} browser
 * @param {readonly Panel[]} panels one below the other
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
