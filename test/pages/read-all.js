// Logs everything that is stored for the page's origin, as JSON.
class ReadAll {
  async run() {
    const stored = {};
    const entries = sharedStorage.entries();
    for (let next = await entries.next(); !next.done; next = await entries.next()) stored[next.value[0]] = next.value[1];
    console.log('stored:', JSON.stringify(stored));
  }
}
register('read all', ReadAll);
