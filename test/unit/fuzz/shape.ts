/**
 * What a decoder lets through, judged by its examples instead of its own rules: every member of what was decoded is one that an example has at
 * the same place, and of a type that an example has there.
 */

/** Stands in an example where anything at all may be: data of pages. */
export const ANYTHING = Symbol('anything');

interface Shape {
  isAnything: boolean;
  /** Whether an example has a number here that is no integer from 0 up. */
  hasAnyNumber: boolean;
  readonly types: Set<string>;
  readonly members: Map<string, Shape>;
}

const empty = (): Shape => ({ isAnything: false, hasAnyNumber: false, types: new Set(), members: new Map() });

/** In an example, the name of a member that stands for any name. */
export const ANY_NAME = '*';

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** Elements of an array have one shape, wherever they stand; a hole is an element that is undefined, as it is for whoever reads it. */
const membersOf = (value: unknown): [string, unknown][] => {
  if (typeof value !== 'object' || value === null) return [];
  return Array.isArray(value) ? Array.from(value, (element) => ['[]', element]) : Object.entries(value);
};

function learn(shape: Shape, example: unknown): void {
  if (example === ANYTHING) {
    shape.isAnything = true;
    return;
  }
  shape.types.add(typeOf(example));
  shape.hasAnyNumber ||= typeof example === 'number' && !isCount(example);
  for (const [name, value] of membersOf(example)) {
    const member = shape.members.get(name) ?? empty();
    shape.members.set(name, member);
    learn(member, value);
  }
}

export function shapeOf(examples: readonly unknown[]): Shape {
  const shape = empty();
  for (const example of examples) learn(shape, example);
  return shape;
}

/** Where the value is not of the shape, as a path; null where it is. */
export function findStranger(shape: Shape | undefined, value: unknown, path = ''): string | null {
  if (shape?.isAnything) return null;
  if (!shape?.types.has(typeOf(value))) return `${path || 'it'} is of type ${typeOf(value)}`;
  if (typeof value === 'number' && !(shape.hasAnyNumber ? Number.isFinite(value) : isCount(value))) return `${path || 'it'} is ${value}`;
  for (const [name, member] of membersOf(value)) {
    const stranger = findStranger(shape.members.get(name) ?? shape.members.get(ANY_NAME), member, `${path}.${name}`);
    if (stranger) return stranger;
  }
  return null;
}
