/** The test kit. Each automation library has an entry of its own: `shared-storage-lab/playwright`, `/puppeteer`, `/webdriver`, `/cdp`. */

export * from './public-types';
