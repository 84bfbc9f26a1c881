import { decode } from 'cborg';
import { WorkletPage } from '../worklet-page.mjs';

const DEBUG_REPORTS = '/.well-known/private-aggregation/debug/report-shared-storage';

/** What native asks its coordinator for; nobody here decrypts anything. */
const PUBLIC_KEYS = { keys: [{ id: 'bench', key: Buffer.alloc(32, 9).toString('base64') }] };

/**
 * When the report's contribution was made: its bucket.
 * @param {string} body
 */
function contributedAt(body) {
  const cleartext = JSON.parse(body).aggregation_service_payloads[0].debug_cleartext_payload;
  /** @type {{ data: { bucket: Uint8Array }[] }} */
  const { data } = decode(new Uint8Array(Buffer.from(cleartext, 'base64')));
  return Number(`0x${Buffer.from(data[0]?.bucket ?? []).toString('hex')}`);
}

/** From the contribution to the report that native sends at once: that of debug mode. @type {import('../rows.mjs').Row} */
export const report = {
  name: 'contribution to report received',
  unit: 'ms',
  note: "by the worklet's clock, which has steps of 1 ms",
  sides: ['extension', 'native'],
  native: 120,
  samples: 100,
  block: 10,
  // Native has no use for a key that it may not keep.
  headers: { 'Cache-Control': 'max-age=604800' },
  files: {
    '/.well-known/aggregation-service/v1/public-keys': JSON.stringify(PUBLIC_KEYS),
    '/worklet.js': `register('contribute', class {
      async run() {
        privateAggregation.enableDebugMode();
        privateAggregation.contributeToHistogram({ bucket: BigInt(Date.now()), value: 1 });
      }
    })`,
  },
  async begin(side) {
    const page = await WorkletPage.open(side, '/worklet.js');
    return async (count) => {
      const samples = [];
      for (let i = 0; i < count; i++) {
        const posted = side.site.nextPost(DEBUG_REPORTS);
        await page.evaluate(`sharedStorage.run('contribute', { keepAlive: true })`);
        const { body, time } = await posted;
        samples.push(time - contributedAt(body));
      }
      return samples;
    };
  },
};
