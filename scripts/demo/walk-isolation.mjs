// The origin isolation page, in each keying, with and without cross-origin isolation.

import { badgeOf } from './watch-isolation.mjs';

/** What the page says where the reason is the same for all: a frame and a popup of other subdomains, a frame of the same origin. */
const NO = '✗ messageerror';
const CANNOT_SEND = '✗ DataCloneError';
const OUT_OF_REACH = '· out of reach';

/** @type {[string, string, string[][]][]} site, query, and what is to be seen of each attempt */
const VISITS = [
  [
    'before',
    '',
    [
      ['· false / false', '· false / false', '· false / false'],
      [NO, NO, '✓ add(2, 3) = 5'],
      [CANNOT_SEND, CANNOT_SEND, CANNOT_SEND],
      [CANNOT_SEND, CANNOT_SEND, CANNOT_SEND],
      ['✓ before.localhost / before.localhost', '✓ before.localhost / before.localhost', '✓ before.localhost / before.localhost'],
      ['✓ reads its title: “Another subdomain”', '✓ reads its title: “Another subdomain”', '✓ reads its title: “Another subdomain”'],
    ],
  ],
  [
    'after',
    '',
    [
      ['· true / true', '· true / true', '· true / true'],
      [NO, NO, '✓ add(2, 3) = 5'],
      [CANNOT_SEND, CANNOT_SEND, CANNOT_SEND],
      [CANNOT_SEND, CANNOT_SEND, CANNOT_SEND],
      [
        '✗ shop.after.localhost / pay.after.localhost',
        '✗ shop.after.localhost / chat.after.localhost',
        '✗ shop.after.localhost / shop.after.localhost',
      ],
      ['✗ SecurityError', '✗ SecurityError', '✓ reads its title: “Another subdomain”'],
    ],
  ],
  [
    'before',
    '?isolated',
    [
      ['· true / true', OUT_OF_REACH, '· true / true'],
      [NO, OUT_OF_REACH, '✓ add(2, 3) = 5'],
      [NO, OUT_OF_REACH, "✓ the other side's 42 reads 42 here"],
      [NO, OUT_OF_REACH, "✓ the other side's 42 reads 42 here"],
      ['✗ shop.before.localhost / pay.before.localhost', OUT_OF_REACH, '✗ shop.before.localhost / shop.before.localhost'],
      ['✗ SecurityError', OUT_OF_REACH, '✓ reads its title: “Another subdomain”'],
    ],
  ],
];

/** Clicks the button, and reads the table once it is full. */
const TRY = `new Promise((resolve) => {
  const read = () => resolve([...document.querySelectorAll('#attempts tbody tr')].map((row) => ({
    name: row.cells[0].textContent,
    seen: [...row.cells].slice(1).map(({ dataset, firstChild }) => ({ true: '✓ ', false: '✗ ' }[dataset.ok] ?? '· ') + firstChild.textContent),
  })));
  new MutationObserver(read).observe(document.body, { attributes: true, attributeFilter: ['data-done'] });
  document.getElementById('run').click();
})`;

/**
 * @param {import('../browser/launch.mjs').Browser} browser
 * @param {{ origin: (site: string) => string }} demo
 * @param {(site: string, step: string, seen: string, expected: string) => void} note
 */
export async function walkIsolation(browser, demo, note) {
  for (const [site, query, expected] of VISITS) {
    const url = `${demo.origin(`shop.${site}`)}/${query}`;
    const page = await browser.openPage(url);
    const attempts = await page.evaluate(TRY);
    for (const [index, both] of expected.entries()) {
      const { name = `attempt ${index}`, seen = [] } = attempts[index] ?? {};
      for (const [column, target] of ['iframe', 'popup', 'same origin'].entries())
        note(`${site}${query}`, `${name}, ${target}`, seen[column] ?? 'nothing', both[column] ?? '');
    }
    // How many were stopped depends on how long the popup lived.
    const badge = await badgeOf(browser, url);
    note(`${site}${query}`, 'toolbar badge', badge.replace(/\d+$/, ''), '⛔');
    await page.close();
  }
}
