/** @type {import('../rows.mjs').Row} */
export const awaitedSet = {
  name: 'set, awaited',
  unit: 'ms',
  sides: ['extension', 'native'],
  samples: 300,
  block: 25,
  async begin(side) {
    const page = await side.openPage();
    return (count) => page.evaluate(`timeEach(${count}, (i) => sharedStorage.set('key ' + (i % 10), 'value ' + i))`);
  },
};

/** What a page meets that comes half a minute after the last one: by then the browser has stopped the service worker. @type {import('../rows.mjs').Row} */
export const wakingSet = {
  name: 'set, awaited, service worker asleep',
  unit: 'ms',
  sides: ['extension'],
  samples: 20,
  block: 2,
  async begin(side) {
    const page = await side.openPage();
    // Chromium never again starts a service worker that was stopped while it was starting.
    await page.evaluate(`sharedStorage.set('key', 'value')`);
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        await side.stopServiceWorker();
        samples.push(...(await page.evaluate(`timeEach(1, () => sharedStorage.set('key', 'value'))`)));
      }
      return samples;
    };
  },
};
