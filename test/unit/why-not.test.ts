/** What would be refused, and whether what is proposed against that helps: whoever refuses is asked again, with the change. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import './texts';
import { PermissionsPolicies } from '../../src/background/permissions-policy/permissions-policy';
import type { Caller } from '../../src/background/requests/caller';
import type { Settings } from '../../src/extension/settings';
import type { DocumentFacts } from '../../src/protocol/document-facts';
import { NATIVE_BUDGETS } from '../../src/spec/private-aggregation/budget';
import { connectToReports, type ReportsConnection } from '../../src/store/private-aggregation/schema';
import { readURLCounts, usualURLCount } from '../../src/store/select-url/read-selections';
import { connectToSelections, type SelectionsConnection } from '../../src/store/select-url/schema';

vi.mock('../../src/extension/browser', () => ({ browser: {} }));
const { DEFAULT_SETTINGS } = await import('../../src/extension/settings');
const { decodeSettings } = await import('../../src/extension/decode-settings');
const { allowInAttribute, allowInHeader, allowSameOrigin, securedAddress } = await import(
  '../../src/background/handlers/extension-pages/why-not/changes'
);
const { refusalsByBudget, refusalsByContributionBudget, refusalsByOrigin, refusalsByPolicy, refusalsBySettings } = await import(
  '../../src/background/handlers/extension-pages/why-not/refusals'
);

const { Sandboxes } = await import('../../src/background/handlers/extension-pages/why-not/sandbox');

const A = 'https://a.example';
const B = 'https://b.example';

/** The settings with the line written into them. */
function written(settings: Settings, line: string | undefined): Settings {
  const decoded = decodeSettings({ ...settings, ...JSON.parse(`{${line}}`) });
  expect(decoded.warnings).toEqual([]);
  return decoded.settings;
}

describe('the settings', () => {
  test.each<[string, Partial<Settings>, string[]]>([
    ['nothing', {}, []],
    ['the site of somebody else', { blockedSites: ['b.example'], enrollment: ['a.example'] }, []],
    ['the API', { enabled: false }, ['enabled']],
    ['the site, by enrollment', { enrollment: ['b.example'] }, ['enrollment']],
    ['the site, by the user', { blockedSites: ['https://b.example', 'a.example'] }, ['blockedSites']],
    ['all of these', { enabled: false, enrollment: [], blockedSites: [A] }, ['enabled', 'enrollment', 'blockedSites']],
  ])('refuse %s, and each that does is named; with all changes made none is left', (_what, changes, expected) => {
    let settings = { ...DEFAULT_SETTINGS, ...changes };
    const found = refusalsBySettings(settings, A);
    expect(found.map(({ reason }) => reason.type === 'setting' && reason.setting)).toEqual(expected);
    for (const { change } of found) settings = written(settings, change?.line);
    expect(refusalsBySettings(settings, A)).toEqual([]);
  });
});

describe('the policy', () => {
  const document = (origin: string, marks: string[], allow: string | null): DocumentFacts => ({
    origin,
    url: `${origin}/page`,
    marks,
    container: allow === null ? null : { allow, src: '', hasSrcdoc: false, isSandboxed: false },
  });
  const caller = (documents: DocumentFacts[]): Caller => ({
    origin: documents[0]?.origin ?? '',
    documentId: 'd',
    tabId: 1,
    frameId: 0,
    facts: { documents, position: null },
  });

  test('of its own header, which the line changes', async () => {
    const found = await refusalsByPolicy(new PermissionsPolicies(), caller([document(A, ['shared-storage none'], null)]), [
      'shared-storage',
      'private-aggregation',
    ]);
    expect(found).toEqual([
      {
        what: 'shared-storage',
        reason: { type: 'policy', by: 'header', url: `${A}/page` },
        change: { in: 'header', line: 'Permissions-Policy: shared-storage=(self)' },
      },
    ]);
    const allowed = caller([document(A, ['shared-storage self'], null)]);
    expect(await refusalsByPolicy(new PermissionsPolicies(), allowed, ['shared-storage'])).toEqual([]);
  });

  test('of the element that a frame is in, whose other directives stay', async () => {
    const inFrame = (allow: string) => caller([document(A, [], allow), document(A, [], null)]);
    const allow = "camera 'none'; shared-storage 'none'; fullscreen";
    const [found] = await refusalsByPolicy(new PermissionsPolicies(), inFrame(allow), ['shared-storage']);
    expect(found).toMatchObject({
      reason: { by: 'element', url: `${A}/page` },
      change: { in: 'attribute', line: `allow="camera 'none'; fullscreen; shared-storage ${A}"` },
    });
    const changed = /"(.+)"/.exec(found?.change?.line ?? '')?.[1] ?? '';
    expect(await refusalsByPolicy(new PermissionsPolicies(), inFrame(changed), ['shared-storage'])).toEqual([]);
  });

  test('that cannot be read is said to be unknown', async () => {
    vi.stubGlobal('chrome', { webNavigation: { getFrame: () => new Promise(() => undefined) } });
    const stuck: Caller = { ...caller([document(A, [], null)]), facts: { documents: [document(A, [], null)], position: 0 } };
    const [found] = await refusalsByPolicy(new PermissionsPolicies(5), stuck, ['shared-storage']);
    expect(found).toEqual({ what: 'shared-storage', reason: { type: 'policy', by: 'unknown', url: null }, change: null });
    vi.unstubAllGlobals();
  });

  test('lets in whom the line names: itself, another origin, an opaque one', () => {
    expect(allowInHeader('shared-storage', null).line).toBe('Permissions-Policy: shared-storage=(self)');
    expect(allowInHeader('shared-storage', B).line).toBe(`Permissions-Policy: shared-storage=(self "${B}")`);
    expect(allowInHeader('private-aggregation', 'null:1').line).toBe('Permissions-Policy: private-aggregation=*');
    expect(allowInAttribute('private-aggregation', 'null:1', null).line).toBe('allow="private-aggregation *"');
  });
});

describe('budgets', () => {
  const PAGE = { tabId: 1, documentId: 'top' };
  let selections: SelectionsConnection;
  let reports: ReportsConnection;
  beforeEach(() => {
    globalThis.indexedDB = new IDBFactory();
    selections = connectToSelections();
    reports = connectToReports();
  });
  const charge = (overallCharged: number, siteCharged: Record<string, number>) =>
    selections.use((open) => open.put('pageBudgets', { overallCharged, siteCharged }, PAGE.documentId));
  const byBudget = async (settings: Settings = DEFAULT_SETTINGS) => {
    const urls = usualURLCount(await readURLCounts(selections, ['top', 'a frame']), A);
    return refusalsByBudget(selections, settings, PAGE, A, urls);
  };

  test('that suffice are not mentioned, and asking charges nothing', async () => {
    await charge(5, { [A]: 5 });
    for (let time = 0; time < 3; time++) expect(await byBudget()).toEqual([]);
    expect(await selections.use((open) => open.getAll('selections'))).toEqual([]);
  });

  test('that do not are named, all three, with the time at which there is enough again; with all changes made none is left', async () => {
    await charge(11.5, { [A]: 5.5 });
    const now = Date.now();
    await selections.use(async (open) => {
      for (const [bits, timestamp] of [
        [0.25, now - 3000],
        [11.25, now - 2000],
      ] as const)
        await open.add('bitDebits', { site: A, bits, timestamp });
    });
    const found = await byBudget();
    expect(found.map(({ reason }) => reason)).toEqual([
      { type: 'budget', budget: 'page', left: 0.5, urls: 2, refill: null },
      { type: 'budget', budget: 'sitePage', left: 0.5, urls: 2, refill: null },
      { type: 'budget', budget: 'siteDaily', left: 0.5, urls: 2, refill: now - 2000 + 24 * 60 * 60 * 1000 },
    ]);
    let settings: Settings = DEFAULT_SETTINGS;
    for (const { change } of found) settings = written(settings, change?.line);
    expect(await byBudget(settings)).toEqual([]);
  });

  test('that suffice for two URLs, and not for as many as the page chooses among', async () => {
    await charge(4, { [A]: 4 });
    expect(await byBudget()).toEqual([]);
    const url = { url: `${A}/`, reportingMetadata: [] };
    const own = { page: PAGE, dataOrigin: A, site: A, urls: Array.from({ length: 8 }, () => url), embedderOrigin: A, operation: 'o' };
    const ids = { urn: 'u', documentId: 'top', selectionId: 1, workletId: 1, time: 0, savedQuery: '', result: null, pendingBits: 0 };
    await selections.use((open) => open.put('selections', { ...own, ...ids, urn: 'v', documentId: 'of another page' }));
    expect(await byBudget()).toEqual([]);
    await selections.use((open) => open.put('selections', { ...own, ...ids }));
    const [found] = await byBudget();
    expect(found?.reason).toEqual({ type: 'budget', budget: 'sitePage', left: 2, urls: 8, refill: null });
    expect(await byBudget(written(DEFAULT_SETTINGS, found?.change?.line))).toEqual([]);
  });

  test('of contributions', async () => {
    const of = (settings: Settings) => refusalsByContributionBudget(reports, settings, A);
    expect(await of(DEFAULT_SETTINGS)).toEqual([]);
    const time = Date.now();
    await reports.use((open) => open.add('spendings', { site: A, value: NATIVE_BUDGETS.tenMinutes, time }));
    const [found] = await of(DEFAULT_SETTINGS);
    expect(found).toMatchObject({ what: 'private-aggregation', reason: { type: 'contributions', refill: time + 10 * 60 * 1000 } });
    expect(await of(written(DEFAULT_SETTINGS, found?.change?.line))).toEqual([]);
  });
});

test('an opaque origin has no storage; who sandboxes it may not be found', async () => {
  vi.stubGlobal('chrome', { ...globalThis.chrome, webNavigation: { getFrame: async () => null } });
  const opaque: Caller = { origin: 'null', documentId: 'd', tabId: 1, frameId: 3, facts: null };
  const sandboxes = new Sandboxes();
  expect(await refusalsByOrigin(sandboxes, { ...opaque, origin: A })).toEqual([]);
  expect(await refusalsByOrigin(sandboxes, opaque)).toEqual([{ what: 'everything', reason: { type: 'opaque' }, change: null }]);
});

test('the server that sandboxes a document is asked once, however often the view asks', async () => {
  vi.stubGlobal('chrome', { ...globalThis.chrome, webNavigation: { getFrame: async () => ({ url: `${A}/`, parentDocumentId: '' }) } });
  const fetched = vi.fn(async () => new Response('', { headers: { 'Content-Security-Policy': 'sandbox allow-scripts' } }));
  vi.stubGlobal('fetch', fetched);
  const sandboxes = new Sandboxes();
  const of = (documentId: string) => sandboxes.of({ origin: 'null', documentId, tabId: 1, frameId: 3, facts: null });
  for (let time = 0; time < 3; time++) expect(await of('d')).toEqual({ in: 'header', text: 'sandbox allow-scripts' });
  expect(fetched).toHaveBeenCalledTimes(1);
  await of('another document');
  expect(fetched).toHaveBeenCalledTimes(2);
  vi.unstubAllGlobals();
});

test('a sandbox keeps what it allows', () => {
  const line = (where: 'attribute' | 'header', text: string) => allowSameOrigin({ in: where, text }).line;
  expect(line('attribute', '')).toBe('sandbox="allow-same-origin"');
  expect(line('attribute', ' allow-scripts  allow-forms ')).toBe('sandbox="allow-scripts  allow-forms allow-same-origin"');
  expect(line('header', 'sandbox')).toBe('Content-Security-Policy: sandbox allow-same-origin');
  expect(line('header', "default-src 'self'; SANDBOX allow-scripts ; img-src *")).toBe(
    "Content-Security-Policy: default-src 'self'; SANDBOX allow-scripts allow-same-origin; img-src *",
  );
});

test('an insecure address is to be a secure one, and an address of data another one', () => {
  expect(securedAddress('http://a.example/page')).toEqual({ in: 'address', line: 'https://a.example/page' });
  expect(securedAddress('data:text/html,')).toEqual({ in: 'address', line: 'https:' });
});
