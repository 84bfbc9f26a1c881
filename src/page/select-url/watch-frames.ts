/**
 * What puts a URN into a frame, in the realms of this origin: the isolated world hears of it first, so that the browser, which knows no such URL,
 * is not asked for it (src/protocol/selected-frames.ts). Functions do what they did for everything else, and look as they did. Before the first
 * worklet is made, the page can have no URN, and there is nothing of this.
 */

import {
  AFTER,
  ANSWER,
  INSERTION,
  LEAD,
  MARKUP,
  NAVIGATE,
  REALM,
  SOURCE,
  TEXT,
  TRAP,
  type Trap,
  URN_FRAMES,
} from '../../protocol/selected-frames';
import { once } from '../../webidl/interface';
import {
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  globalObject,
  Promise,
  Proxy,
  react,
  stringIndexOf,
  uncurryGetter,
  uncurryGetterOf,
  uncurryMethod,
} from '../../webidl/primordials';
import { addPortListener, dispatchToPort, eventDetail, handOverPortAgain, NativeCustomEvent } from '../bridge/bridge-channel';
import { addEventListener, getRootNode, NativeSubmitEvent, nodeType, querySelectorAll, stopImmediatePropagation } from '../bridge/dom';

type Native = (this: unknown, ...args: unknown[]) => unknown;
type Query = (self: never, selectors: string) => { readonly [index: number]: unknown };

const viewOf = uncurryGetter(UIEvent, 'view');
const matches = uncurryMethod(Element, 'matches');
const navigationOf = uncurryGetterOf(globalObject, 'navigation');
const queryElement: Query = querySelectorAll;
const queryFragment: Query = uncurryMethod(DocumentFragment, 'querySelectorAll');

/** Whether the isolated world has taken care of it. Throws where the submitter is no HTML element. */
function tell(what: string, submitter: unknown): boolean {
  return !dispatchToPort(new NativeSubmitEvent(what, { __proto__: null, submitter, cancelable: true } as SubmitEventInit));
}

function say(detail: string): void {
  dispatchToPort(new NativeCustomEvent(TEXT, { __proto__: null, detail } as CustomEventInit));
}

/** Of the node, and of what is in it. Throws for what is no node. */
function tellOfFrames(what: string, node: Node): boolean {
  const type = nodeType(node);
  if (type === 1 && matches(node as Element, URN_FRAMES)) return tell(what, node);
  const frames = type === 1 ? queryElement(node as never, URN_FRAMES) : type === 11 ? queryFragment(node as never, URN_FRAMES) : [];
  let isTold = false;
  for (let index = 0; frames[index]; index++) isTold = tell(what, frames[index]) || isTold;
  return isTold;
}

/** Of a navigation, by its own properties. */
interface Promises {
  readonly committed: Promise<unknown>;
  readonly finished: Promise<unknown>;
}

const ignore = (): void => undefined;

/** In place of promises that are rejected, which nobody hears of. */
function pending({ committed, finished }: Promises): Promises {
  react(committed, ignore, ignore);
  react(finished, ignore, ignore);
  return { committed: new Promise(ignore), finished: new Promise(ignore) };
}

/** The isolated world is shown no errors: that a URN led nowhere is none. */
function hideError(event: Event): void {
  if (tell(NAVIGATE, null)) stopImmediatePropagation(event);
}

let answer = '';

/** The tree that the markup gets into, and the isolated world has changed it; null where that tree is in no document. */
function armMarkup(self: Node, args: unknown[]): Node | null {
  const tree = getRootNode(self);
  if (nodeType(tree) === 1) return null;
  answer = args[args.length - 1] as string;
  say(answer);
  tell(MARKUP, nodeType(self) === 1 ? self : null);
  args[args.length - 1] = answer;
  return tree;
}

const handlerOf =
  (kind: Trap['kind']) =>
  (native: Native, self: unknown, args: unknown[]): unknown => {
    const last = args.length - 1;
    const value = args[last];
    let tree: Node | null = null;
    let isArmed = false;
    try {
      if (kind === LEAD) {
        const isOpen = typeof args[0] === 'string';
        if (isOpen) say(`${args[0] as string} ${typeof args[1] === 'string' ? args[1] : ''}`);
        // open() of a frame without a URL gives its window, and changes nothing.
        if (tell(LEAD, isOpen ? null : self)) {
          if (!isOpen) return;
          args[0] = '';
        }
      } else if (kind === INSERTION) {
        for (let index = 0; index <= last; index++)
          if (typeof args[index] === 'object') isArmed = tellOfFrames(INSERTION, args[index] as Node) || isArmed;
      } else if (typeof value === 'string' && stringIndexOf(value, 'urn:uuid:') >= 0) {
        if (kind === SOURCE) {
          say(value);
          if ((last === 0 || args[last - 1] === 'src') && tell(SOURCE, self)) return;
        } else tree = armMarkup(self as Node, args);
      }
    } catch {
      // It is no node; native says so.
    }
    try {
      const result = apply(native, self, args);
      // Natively a URN leaves the promises of navigate() pending: it leads to no document.
      return kind === NAVIGATE && tell(NAVIGATE, null) ? pending(result as Promises) : result;
    } finally {
      if (tree) tellOfFrames(AFTER, tree);
      if (tree || isArmed) tell(AFTER, null);
    }
  };

type Realm = Readonly<Record<string, { readonly prototype: object }>>;
let realm: Realm = {};

function trap({ owner, name, member, kind }: Trap): void {
  const prototype: object | undefined = owner ? realm[owner]?.prototype : realm;
  const descriptor = prototype && getOwnPropertyDescriptor(prototype, name);
  const native = descriptor?.[member] as Native | undefined;
  if (!prototype || !native) return;
  const value = new Proxy(native, { __proto__: null, apply: handlerOf(kind) } as ProxyHandler<Native>);
  defineProperty(prototype, name, { __proto__: null, ...descriptor, [member]: value } as PropertyDescriptor);
}

export const watchFrames = once(() => {
  addPortListener(ANSWER, (event) => {
    answer = eventDetail(event as CustomEvent) as string;
  });
  addPortListener(REALM, (event) => {
    const view = viewOf(event as UIEvent) as Window & Realm & typeof globalThis;
    realm = view;
    addEventListener(navigationOf(view), 'navigateerror', hideError, true);
  });
  addPortListener(TRAP, (event) => trap(eventDetail(event as CustomEvent) as Trap));
  handOverPortAgain();
});
