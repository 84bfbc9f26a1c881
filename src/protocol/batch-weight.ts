/** What a batch of modifier methods weighs where it is sent. */

import type { ModifierMethod } from '../spec/modifier-methods';
import { MAXIMUM_BATCH_WEIGHT } from './limits';

/** What a method weighs besides its key and its value, in bytes. */
const METHOD_WEIGHT = 64;

/** Of a batch whose methods weigh nothing else. */
export const MAXIMUM_METHODS = MAXIMUM_BATCH_WEIGHT / METHOD_WEIGHT;

/** Whether a worklet may send the batch. Also runs in its realm, so it calls no methods. */
export function isBearable(methods: readonly ModifierMethod[]): boolean {
  let weight = methods.length * METHOD_WEIGHT;
  for (let index = 0; index < methods.length; index++) {
    const { key = '', value = '' } = methods[index] as { readonly key?: string; readonly value?: string };
    weight += (key.length + value.length) * 2;
  }
  return weight <= MAXIMUM_BATCH_WEIGHT;
}
