// All attacks, and those of them that are to be carried out.

import fs from 'node:fs';

/** @typedef {import('./case.mjs').Attack} Attack */

const FOLDER = new URL('./cases/', import.meta.url);

/** @returns {Promise<Attack[]>} each family is a file, whose default export they are */
export async function allAttacks() {
  const families = fs.readdirSync(FOLDER).filter((name) => name.endsWith('.mjs'));
  const modules = await Promise.all(families.sort().map((name) => import(new URL(name, FOLDER).href)));
  const attacks = modules.flatMap((one) => /** @type {Attack[]} */ (one.default));
  const names = attacks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) throw new Error(`two attacks are called ${twice}`);
  return attacks;
}

/**
 * @param {{ only: string[], share: number }} options `only`: how their names begin
 * @param {import('../differ/random.mjs').Random} random
 */
export async function chosenAttacks({ only, share }, random) {
  const attacks = (await allAttacks()).filter(({ name }) => only.some((beginning) => name.startsWith(beginning)));
  if (attacks.length === 0) throw new Error(`no attack's name begins with ${only.join(' or ')}`);
  for (let index = attacks.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    const [one, two] = [attacks[index], attacks[other]];
    if (one && two) [attacks[index], attacks[other]] = [two, one];
  }
  return attacks.slice(0, Math.ceil(attacks.length * share));
}
