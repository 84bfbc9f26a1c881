import { expect, test, vi } from 'vitest';

vi.mock('../../src/extension/browser', () => ({ browser: {} }));
const { DEFAULT_SETTINGS } = await import('../../src/extension/settings');
const { AccessRefusal, requireAccess } = await import('../../src/background/requests/access');
const { isSiteIn, siteOf } = await import('../../src/store/site');

test.each([
  ['https://www.a.co.uk', 'https://a.co.uk'],
  ['https://user.github.io:8443', 'https://user.github.io'],
  ['http://x.site.localhost:8080', 'http://site.localhost'],
  ['http://localhost:8080', 'http://localhost'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1'],
  ['null', null],
])('the site of %s is %s', (origin, site) => expect(siteOf(origin)).toBe(site));

test('sites are listed with their scheme or without', () => {
  expect(isSiteIn(['a.example'], 'https://www.a.example')).toBe(true);
  expect(isSiteIn(['https://a.example'], 'https://www.a.example')).toBe(true);
  expect(isSiteIn(['http://a.example'], 'https://www.a.example')).toBe(false);
  expect(isSiteIn(['site.localhost'], 'http://site.localhost:8080')).toBe(true);
  expect(isSiteIn(['a.example'], 'https://b.example')).toBe(false);
  expect(isSiteIn(['a.example'], 'null')).toBe(false);
});

const ADD_MODULE =
  'sharedStorage.worklet.addModule is disabled because either sharedStorage is disabled or both sharedStorage.selectURL and privateAggregation are disabled';

function refusalOf(settings: object, origin: string, dataOrigin: string, method: 'addModule' | 'run' | 'update') {
  try {
    requireAccess({ ...DEFAULT_SETTINGS, ...settings }, origin, dataOrigin, method);
    return null;
  } catch (error) {
    if (!(error instanceof AccessRefusal)) throw error;
    const { name, message, hidden, consoleText } = error;
    return consoleText === null ? { name, message, hidden } : { name, message, hidden, consoleText };
  }
}

const A = 'https://a.example';
const B = 'https://b.example';

test('what native said, and to whom', () => {
  const disabled = { name: 'OperationError', message: 'sharedStorage is disabled', hidden: false };
  expect(refusalOf({}, A, A, 'update')).toBeNull();
  expect(refusalOf({ enabled: false }, A, A, 'update')).toEqual(disabled);
  expect(refusalOf({ enabled: false }, A, B, 'addModule')).toEqual({ ...disabled, message: ADD_MODULE });
  expect(refusalOf({ enrollment: ['b.example'] }, A, B, 'run')).toBeNull();
  const notEnrolled = { ...disabled, consoleText: 'Attestation check for Shared Storage on https://b.example failed.' };
  expect(refusalOf({ enrollment: ['a.example'] }, A, B, 'run')).toEqual(notEnrolled);
  expect(refusalOf({ simulations: { [B]: { notEnrolled: true } } }, A, B, 'run')).toEqual(notEnrolled);
  expect(refusalOf({ simulations: { [B]: { userDisabled: true } } }, A, B, 'run')).toEqual(disabled);
  expect(refusalOf({ simulations: { [B]: { notEnrolled: true, userDisabled: true } } }, A, A, 'run')).toBeNull();
  expect(refusalOf({ blockedSites: ['b.example'] }, B, B, 'run')).toEqual(disabled);
  expect(refusalOf({ blockedSites: ['b.example'] }, A, B, 'addModule')).toEqual({ ...disabled, message: ADD_MODULE, hidden: true });
});
