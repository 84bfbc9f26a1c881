/**
 * The lines that wait to be shown. A worklet that logs faster than they can be shown loses the oldest of them rather than memory: what
 * happened last is what its developer looks for.
 */

import type { ConsoleMethod, LoggedLine } from '../../protocol/console-lines';
import { MAXIMUM_LINES } from '../../protocol/limits';
import { append, react } from '../../webidl/primordials';
import type { HostPort } from '../port';
import { copyConsoleArguments } from './console-arguments';
import { describeUncaught } from './describe-error';
import type { RunningOperations } from './running-operations';

interface Waiting {
  readonly line: LoggedLine;
  readonly characters: number;
  next: Waiting | null;
}

/** How many lines wait at most, and UTF-16 code units in them. */
const MAXIMUM_WAITING = 10_000;
const MAXIMUM_CHARACTERS = 2 ** 24;

/** How much may be on its way and not have arrived. */
const MAXIMUM_MESSAGES = 16;
const MAXIMUM_CHARACTERS_UNDER_WAY = 2 ** 24;

/** Where a message with several lines ends, in code units. */
const CHARACTERS_OF_A_MESSAGE = 2 ** 20;

export class Lines {
  readonly #port: HostPort;
  readonly #operations: RunningOperations;
  #first: Waiting | null = null;
  #last: Waiting | null = null;
  #waiting = 0;
  #waitingCharacters = 0;
  /** How many were lost since the last message. */
  #dropped = 0;
  #messagesUnderWay = 0;
  #charactersUnderWay = 0;

  constructor(port: HostPort, operations: RunningOperations) {
    this.#port = port;
    this.#operations = operations;
  }

  #shift(): Waiting | null {
    const taken = this.#first;
    if (!taken) return null;
    this.#first = taken.next;
    this.#waiting--;
    this.#waitingCharacters -= taken.characters;
    return taken;
  }

  #push(line: LoggedLine, characters: number): void {
    const entry = { __proto__: null, line, characters, next: null } as Waiting;
    if (this.#first && this.#last) this.#last.next = entry;
    else this.#first = entry;
    this.#last = entry;
    this.#waiting++;
    this.#waitingCharacters += characters;
    while (this.#waiting > MAXIMUM_WAITING || (this.#waiting > 1 && this.#waitingCharacters > MAXIMUM_CHARACTERS)) {
      this.#shift();
      this.#dropped++;
    }
  }

  #lineOf(method: ConsoleMethod, args: unknown[]): LoggedLine {
    return { __proto__: null, operation: this.#operations.names(), method, args } as LoggedLine;
  }

  #sendSome(): void {
    const lines: LoggedLine[] = [];
    let characters = 0;
    const lost = this.#dropped;
    if (lost > 0) append(lines, this.#lineOf('warn', [`(${lost} earlier lines were dropped)`]));
    this.#dropped = 0;
    while (lines.length < MAXIMUM_LINES && characters < CHARACTERS_OF_A_MESSAGE) {
      const entry = this.#shift();
      if (!entry) break;
      append(lines, entry.line);
      characters += entry.characters;
    }
    this.#messagesUnderWay++;
    this.#charactersUnderWay += characters;
    const done = () => {
      this.#messagesUnderWay--;
      this.#charactersUnderWay -= characters;
      this.#sendWhatFits();
    };
    const fail = () => {
      this.#dropped += lost > 0 ? lost + lines.length - 1 : lines.length;
      done();
    };
    react(this.#port.ask('console', { lines }), done, fail);
  }

  #sendWhatFits(): void {
    while (this.#first && this.#messagesUnderWay < MAXIMUM_MESSAGES && this.#charactersUnderWay < MAXIMUM_CHARACTERS_UNDER_WAY)
      this.#sendSome();
  }

  /** Shows a line: at once, for code that runs without end may follow it; with others, where more are under way than arrive. */
  mirror(method: ConsoleMethod, args: unknown[]): void {
    const { copies, characters } = copyConsoleArguments(args);
    this.#push(this.#lineOf(method, copies), characters);
    this.#sendWhatFits();
  }

  mirrorUncaught(exception: unknown, where: '' | '(in promise) ' = ''): void {
    this.mirror('error', [`Uncaught ${where}${describeUncaught(exception)}`]);
  }

  /** Sends all that waits, before a message that the worklet may end with. */
  send(): void {
    while (this.#first) this.#sendSome();
  }
}
