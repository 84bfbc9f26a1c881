/** crypto in a worklet: complete, as it was natively, though a worklet's worker is no secure context. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
let page: Awaited<ReturnType<Lab['page']>>;
beforeAll(async () => {
  lab = await Lab.open();
  page = await lab.page('crypto');
  await page.evaluate(`sharedStorage.worklet.addModule('/locks.js')`);
});
afterAll(() => lab.close());

let lastLabel = 0;

const EXPRESSIONS = {
  'a digest': `hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode('experiment')))`,
  'a signature with an imported key': `await (async () => {
    const key = await crypto.subtle.importKey('raw', new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    return [String(key), key.type, key.extractable, key.usages, hex(await crypto.subtle.sign('HMAC', key, new Uint8Array(3)))];
  })()`,
  'a key exchange': `await (async () => {
    const [a, b] = await Promise.all([0, 1].map(() => crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])));
    const bits = (own, other) => crypto.subtle.deriveBits({ name: 'ECDH', public: other.publicKey }, own.privateKey, 256);
    return hex(await bits(a, b)) === hex(await bits(b, a));
  })()`,
  'a key that is exported and imported': `await (async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['encrypt', 'decrypt']);
    const { kty, alg } = await crypto.subtle.exportKey('jwk', key);
    const iv = new Uint8Array(12);
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new Uint8Array([1, 2, 3]));
    return [kty, alg, hex(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed))];
  })()`,
  'an unknown algorithm': `await crypto.subtle.digest('MD5', new Uint8Array(1)).catch(({ name }) => name)`,
  'a key that must not be exported': `await (async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
    return crypto.subtle.exportKey('raw', key).catch(({ name }) => name);
  })()`,
  'a random UUID': `/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID())`,
  'random values': `crypto.getRandomValues(new Uint8Array(64)).some((byte) => byte > 0)`,
};

const HEX = `const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, '0')).join('');`;

test.each(Object.entries(EXPRESSIONS))('%s is the same as in a window', async (_name, expression) => {
  const label = `crypto ${++lastLabel}`;
  const whole = `(async () => { ${HEX} return ${expression}; })()`;
  await page.evaluate(
    `sharedStorage.run('evaluate', { data: ${JSON.stringify({ label, expression: `await ${whole}` })}, keepAlive: true })`,
  );
  const line = await until(() => page.console.find(({ args }) => args[1] === label));
  expect(JSON.parse(String(line.args[2]))).toEqual({ value: await page.evaluate(whole) });
});

async function inWorklet(expression: string): Promise<unknown> {
  const label = `crypto ${++lastLabel}`;
  await page.evaluate(`sharedStorage.run('evaluate', { data: ${JSON.stringify({ label, expression })}, keepAlive: true })`);
  const line = await until(() => page.console.find(({ args }) => args[1] === label));
  return JSON.parse(String(line.args[2]));
}

const deriveBits = (
  iterations: string,
) => `crypto.subtle.importKey('raw', new Uint8Array(16), 'PBKDF2', false, ['deriveBits']).then((key) =>
  crypto.subtle.deriveBits({ name: 'pbkdf2', hash: 'SHA-256', salt: new Uint8Array(16), iterations: ${iterations} }, key, 256)
).then(({ byteLength }) => byteLength)`;
const generateKey = (name: string, modulusLength: number) => `crypto.subtle.generateKey(
  { name: '${name}', modulusLength: ${modulusLength}, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }, true, ['sign']
).then(({ publicKey }) => publicKey.algorithm.modulusLength)`;

test.each([
  ['10,000,001 iterations', deriveBits('10_000_001')],
  ['as many in another type', deriveBits(`'1e9'`)],
  ['an RSA key of 4,104 bits', generateKey('RSA-PSS', 4104)],
])('%s are refused: they would keep the worklets of everybody waiting', async (_what, expression) => {
  expect(await inWorklet(expression)).toEqual({ error: expect.stringMatching(/^OperationError: .* at most/) });
});

const IMPORT = (key: string) => `crypto.subtle.importKey('jwk', ${key}, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])`;
const DOUBLED = `Array.from({ length: 60 }).reduce((value) => [value, value], 'x')`;

test.each([
  ['a map', `crypto.subtle.digest('SHA-256', new Map())`, 'TypeError'],
  [
    'a module of WebAssembly',
    `crypto.subtle.digest('SHA-256', new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])))`,
    'DataCloneError',
  ],
  ['arrays that would be endless as a string', IMPORT(`{ kty: ${DOUBLED} }`), 'OperationError'],
  [
    'a value that is another one when it is sent',
    IMPORT(`{ kty: 'oct', count: 0, get k() { return this.count++ > 0 ? ${DOUBLED} : 'AAAA'; } }`),
    'OperationError',
  ],
  [
    'arguments that are one too many',
    `crypto.subtle.digest('SHA-256', new Uint8Array(1), ...Array(20).fill(1)).then(() => { throw new Error('none') })`,
    'Error',
  ],
])('%s: the operation ends as it has to, and the worklet goes on', async (_what, expression, name) => {
  expect(await inWorklet(expression)).toEqual({ error: expect.stringMatching(`^${name}: `) });
  expect(await inWorklet('1 + 1')).toEqual({ value: 2 });
});

test('what takes no longer than usual is done', async () => {
  expect(await inWorklet(deriveBits('100_000'))).toEqual({ value: 32 });
  expect(await inWorklet(generateKey('RSASSA-PKCS1-v1_5', 2048))).toEqual({ value: 2048 });
});

test('a worklet that replaces Function.prototype.call gets hold of nothing by reading crypto', async () => {
  const expression = `(() => {
    const { call } = Function.prototype;
    const seen = [];
    Function.prototype.call = function (...args) { seen.push(args.length); };
    try {
      return [crypto instanceof Crypto, seen.length];
    } finally {
      Function.prototype.call = call;
    }
  })()`;
  expect(await inWorklet(expression)).toEqual({ value: [true, 0] });
});
