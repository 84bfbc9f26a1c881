/** What `document.featurePolicy` and `iframe.featurePolicy` say of the features that the browser has forgotten: as native Chromium 150 does. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab } from './lab';

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/policy', (_request, response, url) => {
    const headers = url.searchParams.getAll('header').map((header) => header.split(': ', 2) as [string, string]);
    response
      .writeHead(200, { 'Content-Type': 'text/html', ...Object.fromEntries(headers) })
      .end('<!doctype html><title>policy</title><body>');
  });
  lab.serve('/favicon.ico', (_request, response) => response.writeHead(204).end());
});
afterAll(() => lab.close());

/** Of one feature: listed, allowed by the list and by asking, for the origins of sites, and the allowlist. */
const DESCRIBE = `(policy, feature = 'shared-storage') => [
  policy.features().filter((name) => name === feature).length,
  policy.allowedFeatures().filter((name) => name === feature).length,
  policy.allowsFeature(feature),
  ...['page', 'other'].map((site) => policy.allowsFeature(feature, location.origin.replace('page', site))),
  policy.getAllowlistForFeature(feature).join().replace(location.origin, 'self'),
]`;

const ANYBODY = [1, 1, true, true, true, '*'];
const NOBODY = [1, 0, false, false, false, ''];
const SELF = [1, 1, true, true, false, 'self'];

const withHeader = (header: string) => `/policy?header=${encodeURIComponent(header)}`;

test.each([
  ['no header', 'X-Nothing: 1', ANYBODY],
  ['()', 'Permissions-Policy: shared-storage=()', NOBODY],
  ['(self)', 'Permissions-Policy: shared-storage=(self), geolocation=()', SELF],
  ['*', 'Permissions-Policy: shared-storage=*', ANYBODY],
  ['another feature', 'Permissions-Policy: shared-storage-select-url=()', ANYBODY],
  ["Feature-Policy 'none'", "Feature-Policy: shared-storage 'none'", NOBODY],
  ["Feature-Policy 'self'", "Feature-Policy: shared-storage 'self'", SELF],
])('the policy of a page with %s', async (_what, header, expected) => {
  const page = await lab.page('page', withHeader(header));
  expect(await page.evaluate(`(${DESCRIBE})(document.featurePolicy)`)).toEqual(expected);
  expect(page.browserLines.filter((line) => !line.includes('header'))).toEqual([]);
  await page.close();
});

test('knows all three features, and says of others what the browser says', async () => {
  const page = await lab.page('page', '/policy');
  const features = ['shared-storage', 'shared-storage-select-url', 'private-aggregation'];
  for (const feature of features)
    expect(await page.evaluate(`(${DESCRIBE})(document.featurePolicy, '${feature}')`), feature).toEqual(ANYBODY);
  expect(await page.evaluate(`(${DESCRIBE})(document.featurePolicy, 'fullscreen')`)).toEqual([1, 1, true, true, false, 'self']);
  expect(page.browserLines).toEqual([]);
  const outcomes = await page.evaluate(`[
    () => FeaturePolicy.prototype.allowsFeature.call({}, 'shared-storage'),
    () => document.featurePolicy.allowsFeature(),
    () => document.featurePolicy.allowsFeature('shared-storage', 'no origin'),
    () => document.featurePolicy.allowsFeature('shared-storage', location.origin + '/path'),
    () => FeaturePolicy.prototype.allowsFeature.name + FeaturePolicy.prototype.allowsFeature.length,
  ].map((ask) => { try { return ask(); } catch ({ name }) { return name; } })`);
  expect(outcomes).toEqual(['TypeError', 'TypeError', false, true, 'allowsFeature1']);
  await page.close();
});

test.each([
  ['nothing', {}, ANYBODY],
  ['the name', { allow: 'shared-storage' }, ANYBODY],
  ["'none'", { allow: "geolocation *; shared-storage 'none'" }, NOBODY],
  ["'self', and a page of another site", { allow: "shared-storage 'self'", src: 'other' }, NOBODY],
  ["'self', and a page of the same", { allow: "shared-storage 'self'", src: 'page' }, ANYBODY],
  ["'src' and a sandbox", { allow: "shared-storage 'src'", src: 'other', sandbox: 'allow-scripts' }, ANYBODY],
  ['the origin of its page', { allow: 'shared-storage ORIGIN', src: 'other' }, ANYBODY],
  ['another origin', { allow: 'shared-storage https://third.example', src: 'other' }, NOBODY],
])(
  'the policy of an iframe whose attribute has %s',
  async (_what, { allow, src, sandbox }: Record<string, string | undefined>, expected) => {
    const page = await lab.page('page', '/policy');
    const attributes = {
      ...(allow && { allow: allow.replace('ORIGIN', lab.origin('other')) }),
      ...(sandbox && { sandbox }),
      ...(src && { src: `${lab.origin(src)}/policy` }),
    };
    const found = await page.evaluate(`(() => {
    const iframe = Object.assign(document.createElement('iframe'), ${JSON.stringify(attributes)});
    document.body.append(iframe);
    return (${DESCRIBE})(iframe.featurePolicy);
  })()`);
    expect(found).toEqual(expected);
    await page.close();
  },
);

test('a policy that denies the feature to other origins denies it to their iframes, and one that denies it to the page to everybody', async () => {
  const ask = `(async () => {
    const ask = async (site) => {
      const iframe = document.createElement('iframe');
      const loaded = new Promise((resolve) => { iframe.onload = resolve; });
      iframe.src = location.origin.replace('page', site) + '/policy';
      document.body.append(iframe);
      const outside = iframe.featurePolicy.allowsFeature('shared-storage');
      await loaded;
      return [outside, iframe.contentDocument?.featurePolicy.allowsFeature('shared-storage')];
    };
    return [await ask('page'), await ask('other')];
  })()`;
  const denied: Record<string, unknown> = {};
  for (const list of ['(self)', '()']) {
    const page = await lab.page('page', withHeader(`Permissions-Policy: shared-storage=${list}`));
    denied[list] = await page.evaluate(ask);
    await page.close();
  }
  expect(denied).toEqual({
    '(self)': [
      [true, true],
      [false, null],
    ],
    '()': [
      [false, false],
      [false, null],
    ],
  });
});
