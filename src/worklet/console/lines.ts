/**
 * The lines that wait to be shown. A worklet that logs faster than they can be shown loses the oldest of them rather than memory: what
 * happened last is what its developer looks for.
 */

import type { ConsoleMethod, LoggedLine } from '../../protocol/console-lines';
import { MAXIMUM_LINES } from '../../protocol/limits';
import { append, react } from '../../webidl/primordials';
import { call } from '../port';
import { copyConsoleArguments } from './console-arguments';
import { runningOperations } from './running-operations';

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

let first: Waiting | null = null;
let last: Waiting | null = null;
let waiting = 0;
let waitingCharacters = 0;
/** How many were lost since the last message. */
let dropped = 0;
let messagesUnderWay = 0;
let charactersUnderWay = 0;

function shift(): Waiting | null {
  const taken = first;
  if (!taken) return null;
  first = taken.next;
  waiting--;
  waitingCharacters -= taken.characters;
  return taken;
}

function push(line: LoggedLine, characters: number): void {
  const entry = { __proto__: null, line, characters, next: null } as Waiting;
  if (first && last) last.next = entry;
  else first = entry;
  last = entry;
  waiting++;
  waitingCharacters += characters;
  while (waiting > MAXIMUM_WAITING || (waiting > 1 && waitingCharacters > MAXIMUM_CHARACTERS)) {
    shift();
    dropped++;
  }
}

const lineOf = (method: ConsoleMethod, args: unknown[]): LoggedLine =>
  ({ __proto__: null, operation: runningOperations(), method, args }) as LoggedLine;

function sendSome(): void {
  const lines: LoggedLine[] = [];
  let characters = 0;
  const lost = dropped;
  if (lost > 0) append(lines, lineOf('warn', [`(${lost} earlier lines were dropped)`]));
  dropped = 0;
  while (lines.length < MAXIMUM_LINES && characters < CHARACTERS_OF_A_MESSAGE) {
    const entry = shift();
    if (!entry) break;
    append(lines, entry.line);
    characters += entry.characters;
  }
  messagesUnderWay++;
  charactersUnderWay += characters;
  const done = () => {
    messagesUnderWay--;
    charactersUnderWay -= characters;
    sendWhatFits();
  };
  const fail = () => {
    dropped += lost > 0 ? lost + lines.length - 1 : lines.length;
    done();
  };
  react(call('console', { lines }), done, fail);
}

function sendWhatFits(): void {
  while (first && messagesUnderWay < MAXIMUM_MESSAGES && charactersUnderWay < MAXIMUM_CHARACTERS_UNDER_WAY) sendSome();
}

/** Shows a line: at once, for code that runs without end may follow it; with others, where more are under way than arrive. */
export function mirror(method: ConsoleMethod, args: unknown[]): void {
  const { copies, characters } = copyConsoleArguments(args);
  push(lineOf(method, copies), characters);
  sendWhatFits();
}

/** Sends all that waits, before a message that the worklet may end with. */
export function sendLines(): void {
  while (first) sendSome();
}
