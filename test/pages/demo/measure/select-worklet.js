// Returns the index of the URL to show; the page never gets it.

class Experiment {
  async run() {
    return Number((await sharedStorage.get('group')) || 0) % 2;
  }
}

const CAP = 3;

class Frequency {
  async run() {
    const views = ((await sharedStorage.get('campaign-views')) || '').length;
    if (views >= CAP) return 0;
    await sharedStorage.append('campaign-views', '1');
    return 1;
  }
}

class Customer {
  async run() {
    return (await sharedStorage.get('customer')) ? 1 : 0;
  }
}

register('experiment', Experiment);
register('frequency', Frequency);
register('customer', Customer);
