/** The extension's own pages, as a person would see and use them. */

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Session } from '../../scripts/browser/launch.mjs';
import { FIND } from '../../scripts/browser/panel.mjs';
import { type Lab, until } from './lab';
import { isLive, readAloud, unnamed } from './screen-reader';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where screenshots go, for somebody who looks at them; none are made otherwise. */
const SCREENSHOTS = process.env.SCREENSHOTS;

export const openOwn = (lab: Lab, address: string): Promise<Session> =>
  lab.browser.openPage(`chrome-extension://${lab.browser.extensionId}/src/${address}`, {
    prepare: (session: Session) => session.send('Page.addScriptToEvaluateOnNewDocument', { source: FIND }),
  });

/** The number that the browser's extensions know the tab by. */
export const tabOf = (lab: Lab, url: string): Promise<number> =>
  until(() =>
    lab.inExtension<number | undefined>(`chrome.tabs.query({}).then((tabs) => tabs.find((tab) => tab.url === ${JSON.stringify(url)})?.id)`),
  );

/** `zoom`: 2 is what a person who has zoomed in by 200 % sees in a window of twice the width. */
export interface Look {
  readonly scheme: 'light' | 'dark';
  readonly width: number;
}

export const LOOKS: readonly Look[] = [
  { scheme: 'light', width: 1280 },
  { scheme: 'dark', width: 1280 },
  { scheme: 'light', width: 400 },
  { scheme: 'dark', width: 400 },
  // 400 pixels at 200 %.
  { scheme: 'light', width: 200 },
];

async function lookAs(session: Session, { scheme, width }: Look): Promise<void> {
  await session.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await session.send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
}

interface Violation {
  readonly id: string;
  readonly nodes: { readonly html: string; readonly failureSummary: string }[];
}

/** What is wrong with a page in any look: for people who use it otherwise, and where something is cut off at its side. */
export async function faultsOf(session: Session, name: string): Promise<string[]> {
  const faults: string[] = [];
  await session.evaluate(`${AXE}; undefined`);
  for (const look of LOOKS) {
    await lookAs(session, look);
    const violations: Violation[] =
      await session.evaluate(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(
      ({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`);
    const overflow: string[] = await session.evaluate(`all('*').filter((element) => {
      const { right, width } = element.getBoundingClientRect();
      const isInScroller = (one) => one && (/auto|scroll/.test(getComputedStyle(one).overflowX) || isInScroller(one.parentElement ?? one.getRootNode().host));
      return width > 1 && right > innerWidth + 1 && !isInScroller(element);
    }).map((element) => element.outerHTML.slice(0, 120))`);
    const at = `${look.scheme} ${look.width}`;
    for (const { id, nodes } of violations)
      faults.push(...nodes.map(({ html, failureSummary }) => `${at}: ${id}: ${html} ${failureSummary}`));
    faults.push(...overflow.map((html) => `${at}: beyond the right edge: ${html}`));
    if (SCREENSHOTS) await shoot(session, path.join(SCREENSHOTS, `${name}-${look.scheme}-${look.width}.png`));
  }
  await session.send('Emulation.clearDeviceMetricsOverride');
  // The tree follows the document a little later.
  const isWhole = until(async () => (await unspoken(session)).length === 0, 10_000);
  return [
    ...faults,
    ...(await isWhole.then(
      () => [],
      () => unspoken(session),
    )),
  ];
}

/** What a screen reader gets no name of, and that it is told of no change. */
async function unspoken(session: Session): Promise<string[]> {
  const isTold = (await readAloud(session)).some(isLive);
  return [...(await unnamed(session)), ...(isTold ? [] : ['there is no live region'])];
}

async function shoot(session: Session, file: string): Promise<void> {
  const { data } = (await session.send('Page.captureScreenshot', { format: 'png' })) as { data: string };
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, Buffer.from(data, 'base64'));
}

/** Clicks what the expression gives, once it is there and enabled. */
export async function click(session: Session, element: string): Promise<void> {
  await until(() => session.evaluate(`(() => { const found = ${element}; return Boolean(found && !found.disabled); })()`));
  await session.evaluate(`${element}.click()`);
}

/** The button that says this, wherever it is in the page. */
export const button = (label: string): string =>
  `all('button').find((button) => button.textContent.replaceAll(/\\s+/g, ' ').trim().startsWith(${JSON.stringify(label)}))`;

/** Types into a field as a person does, and leaves it. */
export async function type(session: Session, element: string, typed: string, leave = true): Promise<void> {
  await until(() => session.evaluate(`Boolean(${element})`));
  await session.evaluate(`(() => { const field = ${element}; field.focus(); field.select(); })()`);
  await session.send('Input.insertText', { text: typed });
  if (leave) await session.evaluate(`${element}.dispatchEvent(new Event('change', { bubbles: true }))`);
}

export async function chooseFile(session: Session, element: string, file: string): Promise<void> {
  await until(() => session.evaluate(`Boolean(${element})`));
  const { result } = (await session.send('Runtime.evaluate', { expression: element })) as { result: { objectId: string } };
  await session.send('DOM.setFileInputFiles', { objectId: result.objectId, files: [file] });
}
