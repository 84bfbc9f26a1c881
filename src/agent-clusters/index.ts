/** What the documents of a tab and of its browsing context group are keyed by, why, and a choice for each origin. */

import type { Isolation } from '../extension/settings';
import { button, byId, element } from '../popup/elements';
import type { AgentClusterMap, Row } from '../protocol/agent-cluster-map';
import { decodeEnvelope } from '../protocol/envelope';
import type { Message } from '../protocol/recipients';
import { formatKey } from '../spec/agent-cluster';
import { isolationOf, setIsolation } from './isolation-setting';

/** The tab that the address names. */
function namedTab(): number | null {
  const named = Number.parseInt(new URLSearchParams(location.search).get('tab') ?? '', 10);
  return Number.isSafeInteger(named) ? named : null;
}

async function requestMap(tabId: number): Promise<AgentClusterMap> {
  const envelope = decodeEnvelope(await chrome.runtime.sendMessage({ to: 'agent-cluster-map', tabId } satisfies Message));
  if (!envelope?.ok) throw new Error(envelope?.error.message ?? 'The service worker did not answer.');
  return envelope.value as AgentClusterMap;
}

const CHOICES: readonly [Isolation, string][] = [
  ['respect', 'as its server says'],
  ['origin-keyed', 'origin-keyed'],
  ['site-keyed', 'site-keyed (as before)'],
];

let note = '';

function chooser(origin: string, chosen: Isolation): HTMLElement {
  const options = CHOICES.map(([value, text]) => new Option(text, value, value === chosen, value === chosen));
  const select = element('select', {}, ...options);
  select.ariaLabel = `Keying of ${origin}`;
  select.addEventListener('change', async () => {
    await setIsolation(origin, select.value as Isolation);
    note = `${origin}: counts for documents that are loaded from now on, in a new tab or another browsing context group.`;
    await show();
  });
  return select;
}

function differenceOf({ difference, url, parentFrameId }: Row): HTMLElement[] {
  if (difference === null) return [];
  const block = element('div', { class: 'difference' }, difference);
  if (parentFrameId === -1) {
    block.append(
      element('br', {}),
      button('Open in a new tab', () => chrome.tabs.create({ url })),
    );
  }
  return [block];
}

/** What is known of the origin's policy; its hints are the origin's wishes, which the browser knows nothing of. */
function policyOf({ policy }: Row): HTMLElement[] {
  if (!policy) return [];
  const ids = policy.ids.map((id) => JSON.stringify(id)).join(', ');
  const hints = policy.isolation?.length ? ` (${policy.isolation.join(', ')})` : '';
  const asks = policy.isolation ? `asks for isolation${hints}` : 'asks for no isolation';
  const allowed = policy.applies ? '' : ', but the last response did not allow it';
  return [element('div', { class: 'policy' }, `Its Origin-Policy ${ids} ${asks}${allowed}.`)];
}

function depthOf(row: Row, rows: readonly Row[]): number {
  const parent = rows.find(({ tabId, frameId }) => tabId === row.tabId && frameId === row.parentFrameId);
  return parent ? depthOf(parent, rows) + 1 : 0;
}

/** Each tab's frames as a tree: a frame after its parent. */
function asTree(rows: readonly Row[]): Row[] {
  const below = (tabId: number, parent: number): Row[] =>
    rows.filter((row) => row.tabId === tabId && row.parentFrameId === parent).flatMap((row) => [row, ...below(tabId, row.frameId)]);
  return [...new Set(rows.map(({ tabId }) => tabId))].flatMap((tabId) => below(tabId, -1));
}

async function itemOf(row: Row, rows: readonly Row[], tabId: number): Promise<HTMLElement> {
  const { origin, key, why, url, originKeyed } = row;
  const place = row.parentFrameId !== -1 ? 'frame' : row.tabId === tabId ? 'this tab' : 'another tab of the group';
  const hasChoice = row.isSecureContext && /^https?:/.test(origin);
  const item = element(
    'li',
    {},
    element(
      'div',
      { class: 'row' },
      element('span', { class: `key ${key.kind}` }, formatKey(key)),
      ...(hasChoice ? [chooser(origin, await isolationOf(origin))] : []),
    ),
    element('div', { class: 'url' }, `${place}: ${url}`),
    element('div', { class: 'why' }, `${why} originAgentCluster is ${originKeyed}.`),
    ...policyOf(row),
    ...differenceOf(row),
  );
  item.style.setProperty('--depth', String(Math.min(depthOf(row, rows), 4)));
  return item;
}

async function show(): Promise<void> {
  const tabId = namedTab();
  const summary = byId('summary', 'p');
  if (tabId === null) {
    summary.textContent = 'There is no tab to look at.';
    return;
  }
  try {
    const { rows, tabIds, isUncertain } = await requestMap(tabId);
    const clusters = new Set(rows.map(({ key }) => formatKey(key))).size;
    const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;
    summary.textContent =
      rows.length === 0
        ? 'The browser does not let extensions look into this page.'
        : `${plural(rows.length, 'document')} in ${plural(clusters, 'agent cluster')}, ${plural(tabIds.length, 'tab')} in this browsing context group${isUncertain ? ', and that of its opener, which the browser does not name' : ''}`;
    byId('map', 'ol').replaceChildren(...(await Promise.all(asTree(rows).map((row) => itemOf(row, rows, tabId)))));
  } catch (error) {
    summary.textContent = String(error instanceof Error ? error.message : error);
  }
  byId('note', 'p').hidden = note === '';
  byId('note', 'p').textContent = note;
}

byId('refresh', 'button').addEventListener('click', () => void show());
void show();
