/** A sandboxed frame with one worker whose realm is locked down and waits for a module. */

import type { StartFrame } from '../protocol/worklet-port';

const FRAME_PAGE = '/src/worklet/frame.html';
const REALM_SCRIPT = '/src/worklet/realm.iife.js';

let realm: Promise<string> | null = null;

function realmSource(): Promise<string> {
  realm ??= fetch(REALM_SCRIPT).then((response) => response.text());
  return realm;
}

/** How often a frame with work to do is asked whether it lives, in milliseconds; it is given up after as long without an answer. */
const PING_INTERVAL = 1500;

/** How long a frame that nobody has used yet is given to answer. All frames share a renderer, and may have died with it unnoticed. */
const FIRST_ANSWER = 1000;

export class SandboxedFrame {
  readonly #element: HTMLIFrameElement;
  readonly #control: MessagePort;
  /** The port to the realm; messages wait in it until somebody listens. */
  readonly port: MessagePort;
  #timer: ReturnType<typeof setInterval> | null = null;
  #onAnswer: ((answer: unknown) => void) | null = null;

  private constructor(element: HTMLIFrameElement, control: MessagePort, port: MessagePort) {
    this.#element = element;
    this.#control = control;
    this.port = port;
    control.onmessage = ({ data }) => this.#onAnswer?.(data);
  }

  static async create(): Promise<SandboxedFrame> {
    const element = document.createElement('iframe');
    element.src = FRAME_PAGE;
    const loaded = new Promise((resolve) => element.addEventListener('load', resolve, { once: true }));
    document.body.append(element);
    const start: StartFrame = { realm: await realmSource() };
    await loaded;
    const control = new MessageChannel();
    const realm = new MessageChannel();
    // The frame's origin is opaque: no target origin names it. It is our own page, and nothing can navigate it.
    element.contentWindow?.postMessage(start, '*', [control.port2, realm.port2]);
    return new SandboxedFrame(element, control.port1, realm.port1);
  }

  /** Whether the frame answers. */
  async isAlive(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#onAnswer = () => resolve(true);
    const timer = setTimeout(() => resolve(false), FIRST_ANSWER);
    this.#control.postMessage('ping');
    const alive = await promise;
    clearTimeout(timer);
    return alive;
  }

  /** Calls back once if the frame's renderer or its worker dies. Pings only while `isBusy`. */
  watch(isBusy: () => boolean, onDeath: () => void): void {
    let answered = true;
    this.#onAnswer = (answer) => {
      answered = true;
      if (answer === 'failed') onDeath();
    };
    this.#timer = setInterval(() => {
      if (!answered) {
        onDeath();
        return;
      }
      if (!isBusy()) return;
      answered = false;
      this.#control.postMessage('ping');
    }, PING_INTERVAL);
  }

  /** Ends the worker, whatever it is doing. */
  remove(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#control.close();
    this.port.close();
    this.#element.remove();
  }
}

let spare: Promise<SandboxedFrame> | null = null;

/** A frame at once where one stands ready; another is prepared for the next. */
export async function takeFrame(): Promise<SandboxedFrame> {
  const prepared = spare;
  spare = null;
  const frame = prepared && (await prepared);
  if (frame && !(await frame.isAlive())) frame.remove();
  else if (frame) {
    prepareFrame();
    return frame;
  }
  const fresh = await SandboxedFrame.create();
  prepareFrame();
  return fresh;
}

export function prepareFrame(): void {
  if (spare) return;
  spare = SandboxedFrame.create();
  spare.catch(() => {
    spare = null;
  });
}
