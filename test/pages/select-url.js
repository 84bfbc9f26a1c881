// Operations for selectURL(): what they return, or do instead, is what the caller's data says.
class Select {
  async run(urls, data) {
    if (data?.log) console.log('selecting', urls, data);
    if (data?.throws) throw new Error('as told');
    if (data?.until) while ((await sharedStorage.get(data.until)) === undefined);
    if (data?.forever) for (;;);
    return data?.big ? 1n : data?.returns;
  }
}
register('select', Select);

class AnotherSelect extends Select {}
register('another select', AnotherSelect);

let runs = 0;
class Count {
  async run() {
    return runs++;
  }
}
register('count', Count);

class RemainingBudget {
  async run() {
    console.log('remaining:', await sharedStorage.remainingBudget());
  }
}
register('remaining budget', RemainingBudget);
