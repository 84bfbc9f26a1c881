/** What the two ends of a port ask each other. */

import { expect, test } from 'vitest';
import { type AnswerQuestion, converse } from '../../src/protocol/questions';

/** A channel whose ends hear each other in later tasks, as a browser's do. */
function openChannel(answers: readonly [AnswerQuestion, AnswerQuestion]) {
  const hearing: ((message: unknown) => void)[][] = [[], []];
  const closing: (() => void)[] = [];
  let isClosed = false;
  const end = (own: number) => ({
    postMessage(message: unknown) {
      const copy: unknown = structuredClone(message);
      setTimeout(() => {
        if (!isClosed) for (const hear of hearing[1 - own] ?? []) hear(copy);
      });
    },
    onMessage: { addListener: (listener: (message: unknown) => void) => void hearing[own]?.push(listener) },
    onDisconnect: { addListener: (listener: () => void) => void closing.push(listener) },
  });
  const [first, second] = answers.map((answer, own) => converse(end(own), answer));
  const close = () => {
    isClosed = true;
    for (const closed of closing) closed();
  };
  if (!first || !second) throw new Error('there are two ends');
  return { first, second, close };
}

test('both ask at once, with the same numbers, and each gets its own answers in whichever order they come', async () => {
  const late: (() => void)[] = [];
  const answerLate = (name: string) => new Promise((resolve) => late.unshift(() => resolve(`late ${name}`)));
  const { first, second } = openChannel([async (question) => `first heard ${question}`, (question) => answerLate(String(question))]);
  const asked = [first('a'), first('b')];
  expect(await second('c')).toBe('first heard c');
  while (late.length < 2) await new Promise((resolve) => setTimeout(resolve));
  for (const answer of late) answer();
  expect(await Promise.all(asked)).toEqual(['late a', 'late b']);
});

test('what is not understood, or fails, is answered with nothing', async () => {
  const fail = async () => {
    throw new Error('no');
  };
  const { first, second } = openChannel([() => undefined, fail]);
  expect(await first('anything')).toBe(undefined);
  expect(await second('anything')).toBe(undefined);
});

test('once the port is closed, whoever waits, or asks then, gets nothing, and late answers reach nobody', async () => {
  let answer = (_value: unknown): void => undefined;
  const { first, close } = openChannel([() => undefined, () => new Promise((resolve) => (answer = resolve))]);
  const asked = first('early');
  await new Promise((resolve) => setTimeout(resolve));
  close();
  answer('too late');
  expect(await asked).toBe(undefined);
  expect(await first('late')).toBe(undefined);
});

test('a message that cannot be cloned is an error of whoever sends it, and the next one is answered', async () => {
  const { first } = openChannel([() => undefined, async () => 'heard']);
  await expect(first(() => undefined)).rejects.toThrow('could not be cloned');
  expect(await first('next')).toBe('heard');
});
