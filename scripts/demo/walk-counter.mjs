// The page with the counter that reports itself, as a visitor uses it: three clicks, and what the worklet says meanwhile.

const PATIENCE = 20_000;

/** What the worklet logs; the extension puts the operation's name in front. */
const LINE = /(append of adverts: \d+ seen|reported: three adverts seen)$/;

/**
 * @param {import('../browser/launch.mjs').Browser} browser
 * @param {string} url of the page
 * @returns {Promise<string[]>} what the handler has said after three adverts, and then after one more
 */
export async function walkCounter(browser, url) {
  const page = await browser.openPage();
  /** @type {string[]} */
  const lines = [];
  page.on('Runtime.consoleAPICalled', ({ args }) => {
    const said = LINE.exec(args.map((/** @type {any} */ { value, description }) => String(value ?? description)).join(' '))?.[1];
    if (said) lines.push(said);
  });
  await page.send('Runtime.enable');
  await page.navigate(url);
  /** @type {(condition: () => boolean | Promise<boolean>) => Promise<void>} */
  const until = async (condition) => {
    const deadline = Date.now() + PATIENCE;
    while (!(await condition()) && Date.now() < deadline) await page.evaluate('document.readyState');
  };
  await until(() => page.evaluate(`document.getElementById('show')?.disabled === false`));
  for (const count of [1, 2, 4, 5]) {
    await page.evaluate(`document.getElementById('show').click()`);
    await until(() => lines.length >= count);
  }
  return lines;
}
