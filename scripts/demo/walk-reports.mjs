// The reports page, as a visitor sees it after visits to the publishers.

const PATIENCE = 20_000;

/** The buckets of the page's histogram, in its order. */
const NAMES = [
  'reach',
  'reach on news',
  'reach on recipes',
  'saw 3 pages or more',
  'aged 18–34',
  'aged 35–54',
  'aged 55+',
  'saw the advert three times',
];

export class ReportsPage {
  #page;

  /** @param {import('../browser/launch.mjs').Session} page a tab of its own, on the page */
  constructor(page) {
    this.#page = page;
  }

  /**
   * Says what the visitor's age is.
   * @param {string} age
   */
  tell(age) {
    return this.#page.evaluate(`new Promise((resolve) => {
      new MutationObserver(resolve).observe(document.getElementById('demographics'), { childList: true });
      document.querySelector('[data-age="${age}"]').click();
    }).then(() => undefined)`);
  }

  /**
   * The histogram, once it is as expected, or has had time enough to be.
   * @param {number[]} expected
   * @returns {Promise<number[]>}
   */
  async histogram(expected) {
    // It asks for nothing while another tab is in front of it.
    await this.#page.send('Page.bringToFront');
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const seen = await this.#page.evaluate(
        `[...document.querySelectorAll('[data-bucket] b')].map(({ textContent }) => Number(textContent))`,
      );
      if (String(seen) === String(expected) || Date.now() > deadline) return seen;
    }
  }

  /** @returns {Promise<string>} what is wrong with the raw report that is shown */
  raw() {
    return this.#page.evaluate(`(() => {
      const { aggregation_service_payloads: [payload] = [], debug_key: key, shared_info: info } = JSON.parse(document.getElementById('raw').textContent);
      return payload?.payload && payload.debug_cleartext_payload && key === '777' ? JSON.parse(info).reporting_origin : 'an incomplete one';
    })()`);
  }
}

/** @param {readonly number[]} numbers of a histogram */
export const describeHistogram = (numbers) => numbers.map((number, index) => `${NAMES[index]} ${number}`).join(', ');
