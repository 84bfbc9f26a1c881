/** What may change how a page styles an element. The page's own observers hear of nothing that is done here. */

const ANY_CHANGE = { attributes: true, characterData: true, childList: true, subtree: true };

const isStyle = (node: Node | null): boolean => node instanceof HTMLStyleElement || node instanceof HTMLLinkElement;

/** Looks at all elements again; it is told which of them may have another `display` by now. */
type Look = (isConcerned: (element: Element) => boolean) => void;

export class StyleChanges {
  readonly #look: Look;
  readonly #mutations = new MutationObserver((records) => {
    this.#note(records);
    this.#lookSoon();
  });
  readonly #sizes = new ResizeObserver(() => this.#lookSoon());
  /** The elements whose attributes have changed, or that have come, and whether anything else may have changed. */
  readonly #changed = new Set<Node>();
  #isAnythingChanged = false;
  #isRequested = false;

  constructor(look: Look) {
    this.#look = look;
    const onChange = () => {
      this.#isAnythingChanged = true;
      this.#lookSoon();
    };
    addEventListener('resize', onChange);
    // Style sheets.
    document.addEventListener('load', onChange, true);
    addEventListener('beforeprint', () => this.#lookNow());
  }

  #note(records: readonly MutationRecord[]): void {
    for (const { type, target, addedNodes, removedNodes } of records) {
      if (type === 'attributes') this.#changed.add(target);
      for (const node of addedNodes) this.#changed.add(node);
      if ([target, target.parentNode, ...addedNodes, ...removedNodes].some(isStyle)) this.#isAnythingChanged = true;
    }
  }

  #lookNow(): void {
    this.#isRequested = false;
    this.#look((element) => this.#isAnythingChanged || [...this.#changed].some((target) => target.contains(element)));
    this.#changed.clear();
    this.#isAnythingChanged = false;
    // What was done to elements meanwhile is no news.
    this.#mutations.takeRecords();
  }

  lookIfChanged(): void {
    const records = this.#mutations.takeRecords();
    this.#note(records);
    if (this.#isRequested || records.length > 0) this.#lookNow();
  }

  /** Before the next frame is drawn. */
  #lookSoon(): void {
    if (this.#isRequested) return;
    this.#isRequested = true;
    requestAnimationFrame(() => {
      if (this.#isRequested) this.#lookNow();
    });
  }

  /** From now on, changes in the trees that the element is in count. */
  watchTreesOf(element: Node): void {
    const root = element.getRootNode();
    this.#mutations.observe(root, ANY_CHANGE);
    if (root instanceof ShadowRoot) this.watchTreesOf(root.host);
  }

  /** A box that comes or goes tells of changes that no mutation shows. */
  watchSizeOf(element: Element): void {
    this.#sizes.observe(element);
  }
}
