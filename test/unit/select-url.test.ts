/** The algorithms behind selectURL(). */

import { describe, expect, test } from 'vitest';
import { chargeSharedStorageTopLevelTraversableBudgets, NEW_PAGE_BUDGET } from '../../src/spec/budgets';
import { isUrnUuid } from '../../src/spec/fenced-frame-config';
import { because, said } from '../../src/spec/reason';
import { getTheIndexForASavedQuery, storeTheIndexForASavedQuery } from '../../src/spec/saved-queries';
import { getTheSelectUrlResultIndex, handleTheResultOfSelectingAnIndex, type Selection } from '../../src/spec/select-url';

const ALLOWANCES = { overall: 12, site: 6 };

describe('the result of an operation', () => {
  test.each([0, 1, 2])('%d of three is one of them', (index) => {
    expect(getTheSelectUrlResultIndex({ index }, 3)).toEqual({ index });
  });

  test.each([3, 4, 2 ** 32 - 1, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('%d of three is none of them', (index) => {
    expect(getTheSelectUrlResultIndex({ index }, 3)).toEqual({ error: expect.stringContaining('outside') });
  });

  test('an error stays one', () => expect(getTheSelectUrlResultIndex({ error: said('no') }, 3)).toEqual({ error: 'no' }));
});

describe("the page's budgets", () => {
  const charge = (bits: number[], site = 'https://a.example', allowances = ALLOWANCES) => {
    let pageBudget = NEW_PAGE_BUDGET;
    return bits.map((pendingBits) => {
      const result = chargeSharedStorageTopLevelTraversableBudgets(pageBudget, allowances, site, pendingBits);
      if (result.ok) ({ pageBudget } = result);
      return result.ok;
    });
  };

  test('a site gets six bits, and what does not fit is not charged', () => {
    expect(charge([3, 3, 1])).toEqual([true, true, false]);
    expect(charge([3, 4, 3])).toEqual([true, false, true]);
  });

  test('fractions of bits add up', () => {
    const bits = Math.log2(3);
    expect(charge([bits, bits, bits, bits])).toEqual([true, true, true, false]);
  });

  test('all sites share twelve, and an own allowance is no more than that', () => {
    let pageBudget = NEW_PAGE_BUDGET;
    const oks = ['a', 'b', 'c'].flatMap((name) =>
      [3, 3].map((bits) => {
        const result = chargeSharedStorageTopLevelTraversableBudgets(pageBudget, ALLOWANCES, `https://${name}.example`, bits);
        if (result.ok) ({ pageBudget } = result);
        return result.ok;
      }),
    );
    expect(oks).toEqual([true, true, true, true, false, false]);
    expect(pageBudget).toEqual({ overallCharged: 12, siteCharged: { 'https://a.example': 6, 'https://b.example': 6 } });
  });

  test('a single URL costs nothing, even where nothing is left', () => {
    expect(charge([0], 'https://a.example', { overall: 0, site: 0 })).toEqual([true]);
  });

  test('names of sites are names, whatever objects inherit', () => {
    expect(charge([6, 1], 'constructor')).toEqual([true, false]);
  });
});

describe('an index becomes a result', () => {
  const selection: Selection = {
    urlCount: 8,
    site: 'https://a.example',
    shouldChargeTopLevelBudgets: true,
    result: { index: 5 },
    remainingNavigationBudget: 12,
    pageBudget: NEW_PAGE_BUDGET,
    allowances: ALLOWANCES,
  };

  test('of its own, at the price of three bits', () => {
    expect(handleTheResultOfSelectingAnIndex(selection)).toEqual({
      index: 5,
      reason: null,
      notice: null,
      charged: true,
      pageBudget: { overallCharged: 3, siteCharged: { 'https://a.example': 3 } },
      pendingBits: 3,
      account: {
        how: 'returned',
        short: null,
        isSaved: false,
        before: { page: 12, sitePage: 6, siteDaily: 12 },
        after: { page: 9, sitePage: 3, siteDaily: 12 },
      },
    });
  });

  test.each([
    [{ index: 8 }, 'out of range'],
    [{ error: said('threw') }, 'failed'],
  ])('%j is told as %s', (result, how) => {
    expect(handleTheResultOfSelectingAnIndex({ ...selection, result }).account.how).toBe(how);
  });

  test('the default one where the operation failed, which costs the same', () => {
    const outcome = handleTheResultOfSelectingAnIndex({ ...selection, result: { error: said('threw') } });
    expect(outcome).toMatchObject({ index: 0, reason: 'threw', charged: true, notice: { level: 'error', text: 'threw' } });
  });

  test.each([{ index: 5 }, { error: said('threw') }])(
    'the default one where a budget does not suffice, and the page is not charged: %j',
    (result) => {
      const outcome = handleTheResultOfSelectingAnIndex({ ...selection, result, allowances: { overall: 12, site: 2.9 } });
      expect(outcome).toMatchObject({ index: 0, charged: false, pageBudget: NEW_PAGE_BUDGET });
      expect(outcome.reason).toEqual(because('reasonSitePageBudget'));
      expect(outcome.notice).toEqual({ level: 'info', text: 'Insufficient budget for selectURL().' });
      expect(outcome.account).toMatchObject({ how: 'no budget', short: 'sitePage', before: { sitePage: 2.9 }, after: { sitePage: 2.9 } });
    },
  );

  test("the default one where the site's budget of the day does not suffice", () => {
    expect(handleTheResultOfSelectingAnIndex({ ...selection, remainingNavigationBudget: 3 })).toMatchObject({ index: 5, reason: null });
    expect(handleTheResultOfSelectingAnIndex({ ...selection, remainingNavigationBudget: 2.9 })).toMatchObject({
      index: 0,
      account: { how: 'no budget', short: 'siteDaily' },
    });
  });

  test("a saved query's, for nothing", () => {
    const outcome = handleTheResultOfSelectingAnIndex({
      ...selection,
      shouldChargeTopLevelBudgets: false,
      allowances: { overall: 0, site: 0 },
    });
    expect(outcome).toMatchObject({ index: 5, reason: null, charged: false, pageBudget: NEW_PAGE_BUDGET, account: { isSaved: true } });
  });
});

describe('a saved query', () => {
  test('is run by the first call, waited for by the others, and then known', () => {
    const first = getTheIndexForASavedQuery(undefined, 'a');
    expect(first.savedIndex).toBe('pending current operation');
    const second = getTheIndexForASavedQuery(first.data, 'b');
    expect(second.savedIndex).toBe('pending callback');
    const third = getTheIndexForASavedQuery(second.data, 'c');
    const { data, callbacks } = storeTheIndexForASavedQuery(third.data, 4);
    expect(callbacks).toEqual(['b', 'c']);
    expect(getTheIndexForASavedQuery(data, 'd')).toEqual({ savedIndex: 4, data });
    expect(data.callbacks).toEqual([]);
  });

  test('asked for twice by the same call is asked for once', () => {
    const first = getTheIndexForASavedQuery(undefined, 'a');
    expect(getTheIndexForASavedQuery(first.data, 'a')).toEqual(first);
    const second = getTheIndexForASavedQuery(first.data, 'b');
    expect(getTheIndexForASavedQuery(second.data, 'b')).toEqual(second);
  });

  test('may be saved with index 0', () => {
    const { data } = getTheIndexForASavedQuery(undefined, 'a');
    expect(getTheIndexForASavedQuery(storeTheIndexForASavedQuery(data, 0).data, 'b').savedIndex).toBe(0);
  });
});

test('what a URN looks like', () => {
  expect(isUrnUuid('urn:uuid:3ee00d11-55f1-4d8a-b8a6-5a2b1d4ec5a4')).toBe(true);
  for (const other of [
    'urn:uuid:',
    '3ee00d11-55f1-4d8a-b8a6-5a2b1d4ec5a4',
    'urn:uuid:3ee00d11-55f1-4d8a-b8a6-5a2b1d4ec5a4/',
    'https://a.example/',
  ])
    expect(isUrnUuid(other)).toBe(false);
});
