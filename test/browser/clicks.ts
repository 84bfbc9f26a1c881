/** Whether a person could still click on a page: a dialog of the browser's keeps all clicks away, also where nobody sees it. */

import type { Session } from '../../scripts/browser/launch.mjs';

/** How long a click may take to reach the page of a busy browser, in milliseconds; a dialog keeps it away for good. */
const LONGEST_CLICK = 60_000;

/** How long a click is waited for before the next one, in milliseconds: what is under the point may be a frame by the time that the click comes. */
const PATIENCE = 3000;

/** Where pages listen to clicks, and do not hear these ones. */
const WORLD = 'clicks';

/** Resolves to a point of the page where no frame is, once the next click is listened to; frames that are everywhere are covered. */
const LISTEN = `(() => {
  globalThis.stopListening?.();
  const isFrame = (element) => /^(?:iframe|frame|fencedframe|shared-storage-lab-frame|object|embed)$/.test(element?.localName ?? '');
  const points = [];
  for (let x = 1; x < innerWidth; x += innerWidth / 4) for (let y = 1; y < innerHeight; y += innerHeight / 4) points.push({ x, y });
  let point = points.find(({ x, y }) => !isFrame(document.elementFromPoint(x, y)));
  let cover = null;
  if (!point) {
    point = { x: 1, y: 1 };
    cover = document.createElement('div');
    cover.style.cssText = 'position: fixed; inset: 0; z-index: 2147483647';
    document.documentElement?.append(cover);
  }
  const types = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'auxclick', 'focusin', 'focusout', 'focus', 'blur'];
  globalThis.clicked = new Promise((resolve) => {
    const hear = (event) => {
      if (!event.isTrusted) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      if (event.type !== 'click') return;
      stopListening();
      resolve(true);
    };
    globalThis.stopListening = () => {
      cover?.remove();
      for (const type of types) removeEventListener(type, hear, true);
    };
    for (const type of types) addEventListener(type, hear, true);
  });
  return point;
})()`;

/** Resolves to whether the page has heard of it in time. */
async function click(page: Session): Promise<boolean> {
  await page.send('Page.bringToFront');
  const { frameTree } = await page.send('Page.getFrameTree');
  const { executionContextId } = await page.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: WORLD });
  const evaluate = async (expression: string) => {
    const { result } = await page.send('Runtime.evaluate', {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
    });
    return result.value;
  };
  const point = (await evaluate(LISTEN)) as { x: number; y: number };
  const mouse = { ...point, button: 'left', clickCount: 1 };
  // Neither is answered where a dialog is in the way.
  for (const type of ['mousePressed', 'mouseReleased']) page.send('Input.dispatchMouseEvent', { ...mouse, type }).catch(() => undefined);
  return (await evaluate(`Promise.race([clicked, new Promise((resolve) => setTimeout(resolve, ${PATIENCE}, false))])`)) as boolean;
}

/** Rejects where a click does not reach the page, which must not be closed; `isThere` says whether it has not been. */
export async function requireClick(page: Session, isThere: () => boolean): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('NO CLICK REACHES THE PAGE: is a dialog of the browser open over it?')), LONGEST_CLICK);
  });
  // A page that goes elsewhere meanwhile takes the listeners along.
  const isHeard = () =>
    click(page).catch((error: Error) => {
      if (!isThere() || !/context/i.test(error.message)) throw error;
      return false;
    });
  let isOver = false;
  const clickUntilHeard = async () => {
    while (!isOver && !(await isHeard()));
  };
  try {
    await Promise.race([clickUntilHeard(), late]);
  } catch (error) {
    if (isThere()) throw error;
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
