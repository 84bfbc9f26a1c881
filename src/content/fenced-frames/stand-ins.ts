/** Elements that stand in for fenced frames, in their boxes: stand-in.css says how. */

import { boxOf } from './stand-in-box';
import { StyleChanges } from './style-changes';
import { WeakList } from './weak-list';

/** The page's realm puts the stand-in into its frame when it hears this, or shows its config once more. */
export const READY = 'ready';
/** The page's realm tells the stand-in when the page asks about its box. */
const LOOK = 'shared-storage-lab-look';

/** A replaced element without a size of its own has this one; what shows something covers it. https://drafts.csswg.org/css2/#inline-replaced-width */
const STYLE =
  'div { width: 300px; max-width: 100%; height: 150px; max-height: 100%; outline: none; } iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; box-sizing: border-box; padding: inherit; color-scheme: inherit; } [pending] { visibility: hidden; }';

/** Focus that is only passed on. */
export const WITHOUT_SCROLLING = { preventScroll: true };

function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** What the page says of the frame's `display`; empty where the style sheet has its way all the same. */
function displayOf(frame: Element, standIn: HTMLElement, isConcerned: boolean): string {
  const overruled = standIn.getAttribute('display') ?? '';
  if (overruled && !isConcerned) return overruled;
  // No observer of the page hears of this, as it would of an attribute.
  const { firstChild: checkbox } = standIn;
  if (overruled && checkbox instanceof HTMLInputElement) checkbox.checked = true;
  const { display } = getComputedStyle(frame);
  if (overruled && checkbox instanceof HTMLInputElement) checkbox.checked = false;
  const isSaidByPage = display !== 'contents' || overruled !== '';
  return display === 'none' || !isSaidByPage ? '' : display;
}

/** The closed shadow tree, which no script of the page can reach into. */
function attachTree(standIn: HTMLElement): void {
  const style = document.createElement('style');
  style.textContent = STYLE;
  const empty = document.createElement('div');
  // What is shown in the tree has the focus that the frame is given; where nothing is, this has it.
  empty.tabIndex = -1;
  standIn.attachShadow({ mode: 'closed', delegatesFocus: true }).append(style, empty);
}

/**
 * Where a shadow tree was there before a style sheet of the user's, Chromium does not look at that sheet's `:has()` again when something in
 * the tree changes, until the elements concerned have been given their style once more.
 */
function giveStyle(frame: Element): void {
  const tree = frame.getRootNode();
  if (!(tree instanceof ShadowRoot)) return;
  const { adoptedStyleSheets } = tree;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('fencedframe { orphans: inherit; }');
  tree.adoptedStyleSheets = [...adoptedStyleSheets, sheet];
  getComputedStyle(frame).getPropertyValue('display');
  tree.adoptedStyleSheets = [...adoptedStyleSheets].filter((one) => one !== sheet);
}

export class StandIns {
  readonly #standIns = new WeakList<HTMLElement>();
  readonly #changes = new StyleChanges((isConcerned) => {
    for (const standIn of this.#standIns) this.#look(standIn, isConcerned(standIn));
  });

  #look(standIn: HTMLElement, isConcerned: boolean): void {
    // What else is in a fenced frame makes no difference to it.
    if (!standIn.parentElement) standIn.dispatchEvent(new Event(READY));
    const frame = standIn.parentElement;
    if (!frame) return;
    this.#changes.watchTreesOf(frame);
    const display = displayOf(frame, standIn, isConcerned);
    if (display) setAttribute(standIn, 'display', display);
    else standIn.removeAttribute('display');
    setAttribute(standIn, 'box', boxOf(frame, display));
  }

  /** From now on, the element is in the frame's place. */
  putInPlace(standIn: HTMLElement): void {
    if (standIn.hasAttribute('box')) return;
    const checkbox = document.createElement('input');
    checkbox.type = 'checkbox';
    standIn.append(checkbox);
    attachTree(standIn);
    // The page may ask for sizes as soon as it has changed something.
    standIn.addEventListener(LOOK, () => this.#changes.lookIfChanged());
    standIn.dispatchEvent(new Event(READY));
    const frame = standIn.parentElement;
    if (!frame) return;
    // The browser takes it from an element that loses its box.
    const isFocused = frame.matches(':focus');
    // A clone of another frame has a copy of what stands in for that.
    for (const copy of frame.querySelectorAll(`:scope > ${standIn.localName}`)) if (copy !== standIn) copy.remove();
    giveStyle(frame);
    // A frame that the page itself gives no box has none; later on it would be taken for the style sheet's doing.
    if (getComputedStyle(frame).display === 'contents') standIn.setAttribute('display', 'contents');
    standIn.setAttribute('box', '');
    this.#standIns.add(standIn);
    this.#look(standIn, false);
    if (isFocused) standIn.focus(WITHOUT_SCROLLING);
    this.#changes.watchSizeOf(standIn);
    this.#changes.watchSizeOf(frame);
  }
}
