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

register('write', Writer);
register('read', Reader);
