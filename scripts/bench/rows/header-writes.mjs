// What a marked request costs beside an unmarked one; and what marked requests cost the unmarked ones of their page, and other pages.

const files = { '/small.txt': 'a response' };
const FETCH = `fetch('/small.txt').then((response) => response.text())`;
const MARKED = `fetch('/small.txt', { sharedStorageWritable: true }).then((response) => response.text())`;

/** @type {import('../sides.mjs').SideName[]} */
const sides = ['extension', 'native', 'off'];

/**
 * @param {string} name
 * @param {(side: import('../sides.mjs').Side) => Promise<(count: number) => Promise<number[]>>} begin
 * @returns {import('../rows.mjs').Row}
 */
const row = (name, begin) => ({ name, unit: 'ms', sides, samples: 300, block: 25, files, begin });

export const markedFetch = row('header writes: a marked fetch', async (side) => {
  const page = await side.openPage();
  return (count) => page.evaluate(`timeEach(${count}, () => ${MARKED})`);
});

export const plainFetch = row('header writes: a fetch, where none is marked', async (side) => {
  const page = await side.openPage();
  return (count) => page.evaluate(`timeEach(${count}, () => ${FETCH})`);
});

export const fetchAmongMarked = row('header writes: a fetch of a page that marks others', async (side) => {
  const page = await side.openPage();
  return async (count) => {
    await page.evaluate(MARKED);
    return page.evaluate(`timeEach(${count}, () => ${FETCH})`);
  };
});

export const fetchOfOtherPage = row('header writes: a fetch of another page meanwhile', async (side) => {
  const [marking, other] = [await side.openPage(), await side.openPage()];
  return async (count) => {
    await marking.evaluate(MARKED);
    return other.evaluate(`timeEach(${count}, () => ${FETCH})`);
  };
});

/** What listening for marked frames costs a page that has none: the elements are inserted one by one. */
const INSERTIONS = `(async () => {
  const holder = document.body.appendChild(document.createElement('div'));
  for (let index = 0; index < 10_000; index++) holder.append(document.createElement('p'));
  await null;
  holder.remove();
})()`;

export const insertions = {
  ...row('header writes: 10,000 insertions, where nothing is marked', async (side) => {
    const page = await side.openPage();
    return (count) => page.evaluate(`timeEach(${count}, () => ${INSERTIONS})`);
  }),
  samples: 100,
};
