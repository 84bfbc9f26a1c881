// Code that shares its realm with a page or a worklet calls nothing late that the other can replace: no global, no method or accessor of a
// prototype, no syntax that asks for an iterator, for a promise's `then` or for a text (src/webidl/primordials.ts has what is captured in time).

import { LoadTime } from './load-time.mjs';
import { problemAt, walk } from './source.mjs';
import { declaredMembers, StatedTypes } from './stated-types.mjs';

/** @import { Node, Problem, Source } from './source.mjs' */

/** Whose realm is shared. */
const SHARED_REALM = /^(?:page|worklet|webidl|interfaces)\//;
/** The sandboxed frame's own: no code of a worklet runs in that, only in its workers. */
const OWN_REALM = new Set(['worklet/frame.iife.ts']);
/** Runs there as far as it is called from there. */
const CALLED_FROM_THERE = /^(?:spec|protocol)\//;

/** @param {Source} source */
const sharesRealm = ({ file }) => SHARED_REALM.test(file) && !OWN_REALM.has(file);

const INTRINSICS = [Array, ArrayBuffer, BigInt, Boolean, DataView, Date, Error, Function, Map, Number, Object, Promise, RegExp, Set];
const MORE_INTRINSICS = [String, Symbol, WeakMap, WeakRef, WeakSet, Object.getPrototypeOf(Uint8Array)];

/** The methods of the language's own objects: no type of ours has a method of such a name. */
const METHODS = new Set(
  [...INTRINSICS, ...MORE_INTRINSICS].flatMap(({ prototype }) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) => (typeof value === 'function' ? [name] : [])),
  ),
);

/** Nobody can replace these. */
const FIXED_GLOBALS = new Set(['undefined', 'NaN', 'Infinity']);
/** [LegacyUnforgeable]: own properties of events, windows and locations. */
const UNFORGEABLE = new Set(['isTrusted', 'location']);
const UNFORGEABLE_METHODS = new Set(['assign', 'reload', 'replace']);
/** Own properties of arrays, strings, functions and property descriptors. */
const OWN_PROPERTIES = new Set(['length', 'prototype', 'configurable', 'enumerable', 'get', 'set', 'value', 'writable']);

const CAPTURE = 'capture it at load time (src/webidl/primordials.ts)';

/** @type {Partial<Record<Node['type'], string>>} */
const SYNTAX = {
  ArrayPattern: 'destructuring an array asks for Symbol.iterator: read its elements by index',
  ForOfStatement: 'for-of asks for Symbol.iterator: count',
  YieldExpression: 'a generator has methods that can be replaced',
  AwaitExpression: 'await asks the promise for its constructor: use react()',
};

class Judge {
  /** The names of members of our own types. */
  #declared;
  #types;

  /**
   * @param {Source} source
   * @param {ReadonlySet<string>} declared
   */
  constructor(source, declared) {
    this.#declared = declared;
    this.#types = new StatedTypes(source);
  }

  /**
   * @param {Node} node
   * @param {readonly Node[]} ancestors
   * @returns {string | null} what is wrong with the node if it runs later
   */
  judge(node, [parent, grandparent]) {
    switch (node.type) {
      case 'SpreadElement':
        // An object's own properties need no iterator.
        return parent?.type === 'ObjectExpression' ? null : 'spread asks for Symbol.iterator: use apply(), or append()';
      case 'BinaryExpression':
        return node.operator === 'instanceof' ? 'instanceof asks the class for Symbol.hasInstance: use isInstance()' : null;
      case 'TemplateLiteral': {
        const isText = parent?.type === 'TaggedTemplateExpression' || !node.expressions.some((one) => this.#types.mayBeObject(one));
        return isText ? null : 'a template calls the toString() of an object: say `as string` where that is meant';
      }
      case 'MemberExpression':
        return this.#judgeMember(node, parent);
      case 'Property': {
        if (parent?.type !== 'ObjectPattern' || node.computed || node.key.type !== 'Identifier') return null;
        const taken = grandparent?.type === 'VariableDeclarator' ? grandparent.init : parent;
        return taken?.type === 'ObjectExpression' ? null : this.#judgeRead(node.key.name, taken);
      }
      default:
        return SYNTAX[node.type] ?? null;
    }
  }

  /**
   * @param {Extract<Node, { type: 'MemberExpression' }>} member
   * @param {Node | undefined} parent
   */
  #judgeMember(member, parent) {
    const { object, property, computed } = member;
    const name = property.type === 'Identifier' && !computed ? property.name : property.type === 'Literal' ? property.value : null;
    if (typeof name !== 'string') return null;
    if (parent?.type !== 'CallExpression' || /** @type {Node} */ (parent.callee) !== member) return this.#judgeRead(name, object);
    const isOfLocation = object.type === 'MemberExpression' && object.property.type === 'Identifier' && object.property.name === 'location';
    if (isOfLocation && UNFORGEABLE_METHODS.has(name)) return null;
    const isOurs = this.#declared.has(name) && !METHODS.has(name) && !this.#types.isOfPlatform(object);
    return isOurs ? null : `.${name}() calls what can be replaced: ${CAPTURE}`;
  }

  /**
   * @param {string} name
   * @param {Node | null | undefined} object
   */
  #judgeRead(name, object) {
    if (UNFORGEABLE.has(name)) return null;
    const isOurs = (this.#declared.has(name) || OWN_PROPERTIES.has(name)) && !this.#types.isOfPlatform(object);
    return isOurs ? null : `.${name} may ask a prototype for it: ${CAPTURE}, or declare the member in a type of ours`;
  }
}

/**
 * @param {readonly Source[]} all
 * @returns {Problem[]}
 */
export function problemsOfPrimordials(all) {
  const sources = all.filter((source) => sharesRealm(source) || CALLED_FROM_THERE.test(source.file));
  const declared = declaredMembers(sources);
  const loadTime = new LoadTime(sources);
  const calledFromThere = loadTime.usedLaterBy(sharesRealm);
  return sources.flatMap((source) => {
    const runsLater = sharesRealm(source)
      ? (/** @type {Node} */ node) => !loadTime.runsAtLoadTime(node)
      : (/** @type {Node} */ node) => loadTime.ancestorsOf(node).some((ancestor) => calledFromThere.has(ancestor));
    /** @type {Problem[]} */
    const problems = [];
    const check = (/** @type {Node} */ node, /** @type {string | null} */ message) => {
      if (message && runsLater(node)) problems.push(problemAt(source, node, message));
    };
    for (const { identifier, isValueReference } of source.scopes.globalScope?.through ?? []) {
      const { name } = /** @type {{ name: string }} */ (identifier);
      const node = /** @type {Node} */ (/** @type {unknown} */ (identifier));
      const isOfType = loadTime.ancestorsOf(node)[0]?.type === 'TSTypeQuery';
      const isFound = isValueReference && !isOfType && !FIXED_GLOBALS.has(name);
      check(node, isFound ? `the global ${name} can be replaced: ${CAPTURE}` : null);
    }
    const judge = new Judge(source, declared);
    walk(source.program, (node, ancestors) => check(node, judge.judge(node, ancestors)));
    return problems;
  });
}
