// A worklet script: the only place that can read. Browsers ran these as classic scripts, so no import, no export, no await outside functions.

/** Says what the store holds, in the order of the seed explainer's examples. */
async function report(verdict) {
  console.log(`experiment group: ${(await sharedStorage.get('group')) || 'none'}`);
  console.log(`first met on: ${(await sharedStorage.get('first-site')) || 'nowhere'}${verdict}`);
  console.log(`last note: ${(await sharedStorage.get('note')) || 'none'}`);
  // Every view appended one character, so their number is the length.
  console.log(`views on all sites: ${((await sharedStorage.get('count')) || '').length}`);
}

// Example 2: looks at what is there before it writes.
class Writer {
  async run({ site }) {
    const existing = await sharedStorage.get('first-site');
    if (!existing) await sharedStorage.set('first-site', site);
    await report(existing ? ` (kept, ${site} was offered)` : ' (written just now)');
  }
}

class Reader {
  async run() {
    await report('');
  }
}

/** What a report counts, each in a bucket of its own; reports.js says what they mean. */
const BUCKETS = { reach: 1n, 'news.localhost': 2n, 'recipes.localhost': 3n, frequent: 4n, '18–34': 5n, '35–54': 6n, '55+': 7n };

/** Whoever has seen this many pages counts as frequent. */
const FREQUENT = 3;

/** A value that the noise of an aggregation service would not drown; the budget of ten minutes has room for 512 of them. */
const VALUE = 128;

/** Once for each visitor: what was contributed is remembered in the store, which all sites share. */
async function contributeOnce(name) {
  if (!(name in BUCKETS) || (await sharedStorage.get(`measured ${name}`))) return;
  privateAggregation.contributeToHistogram({ bucket: BUCKETS[name], value: VALUE });
  await sharedStorage.set(`measured ${name}`, 'yes');
}

// Reach on all sites and on this one, k+ frequency, and demographics that no publisher knows.
class Measurer {
  async run({ site }) {
    privateAggregation.enableDebugMode({ debugKey: 777n });
    await contributeOnce('reach');
    await contributeOnce(site);
    if (((await sharedStorage.get('count')) || '').length >= FREQUENT) await contributeOnce('frequent');
    await contributeOnce(await sharedStorage.get('age'));
  }
}

register('measure', Measurer);
register('write', Writer);
register('read', Reader);
