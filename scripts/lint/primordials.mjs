// Code that shares its realm with a page or a worklet calls nothing late that the other can replace: no global, no method or accessor of a
// prototype, no syntax that asks for an iterator or for a promise's `then` (src/webidl/primordials.ts has what is captured in time).

import { LoadTime } from './load-time.mjs';
import { problemAt, walk } from './source.mjs';

/** @import { Node, Problem, Source } from './source.mjs' */

/** Whose realm is shared. */
const SHARED_REALM = /^(?:page|worklet|webidl|interfaces)\//;
/** The sandboxed frame's own: no code of a worklet runs in that, only in its workers. */
const OWN_REALM = new Set(['worklet/frame.iife.ts']);
/** Runs there as far as it is called from there. */
const CALLED_FROM_THERE = /^(?:spec|protocol)\//;

/** @param {Source} source */
const sharesRealm = ({ file }) => SHARED_REALM.test(file) && !OWN_REALM.has(file);

const INTRINSICS = [
  Array,
  ArrayBuffer,
  BigInt,
  Boolean,
  DataView,
  Date,
  Error,
  Function,
  Map,
  Number,
  Object,
  Promise,
  RegExp,
  Set,
  String,
  Symbol,
];
const MORE_INTRINSICS = [WeakMap, WeakRef, WeakSet, Object.getPrototypeOf(Uint8Array)];

/** The methods of the language's own objects, which a type of ours may have as well. */
const METHODS = new Set(
  [...INTRINSICS, ...MORE_INTRINSICS].flatMap(({ prototype }) =>
    Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value }]) => (typeof value === 'function' ? [name] : [])),
  ),
);

/** Nobody can replace these. */
const FIXED_GLOBALS = new Set(['undefined', 'NaN', 'Infinity']);
/** Own properties: of arrays and strings, classes, property descriptors, and by [LegacyUnforgeable] of events and windows. */
const OWN_PROPERTIES = new Set('length prototype value get set enumerable configurable writable isTrusted location'.split(' '));
const OWN_METHODS_OF_LOCATION = new Set(['replace', 'assign', 'reload']);

const CAPTURE = 'capture it at load time (src/webidl/primordials.ts)';

/**
 * The members that our own types and classes declare.
 *
 * @param {readonly Source[]} sources
 */
function declaredMembers(sources) {
  const declaring = new Set(['MethodDefinition', 'PropertyDefinition', 'TSPropertySignature', 'TSMethodSignature']);
  /** @type {Set<string>} */
  const names = new Set();
  for (const { program } of sources)
    walk(program, (node) => {
      if (declaring.has(node.type) && 'key' in node && node.key?.type === 'Identifier') names.add(node.key.name);
    });
  return names;
}

/** @type {Partial<Record<Node['type'], string>>} */
const SYNTAX = {
  ArrayPattern: 'destructuring an array asks for Symbol.iterator: read its elements by index',
  ForOfStatement: 'for-of asks for Symbol.iterator: count',
  YieldExpression: 'a generator has methods that can be replaced',
  AwaitExpression: 'await asks the promise for its constructor: use react()',
};

/**
 * @param {Node} node
 * @param {readonly Node[]} ancestors
 * @param {ReadonlySet<string>} declared
 * @returns {string | null} what is wrong with it, if it does not run at load time
 */
function judge(node, [parent, grandparent], declared) {
  const isCalled = parent?.type === 'CallExpression' && /** @type {Node} */ (parent.callee) === node;
  switch (node.type) {
    case 'SpreadElement':
      // An object's own properties need no iterator.
      return parent?.type === 'ObjectExpression' ? null : 'spread asks for Symbol.iterator: use apply(), or append()';
    case 'BinaryExpression':
      return node.operator === 'instanceof' ? 'instanceof asks the class for Symbol.hasInstance: use isInstance()' : null;
    case 'MemberExpression': {
      const { object, property, computed } = node;
      const name = property.type === 'Identifier' && !computed ? property.name : property.type === 'Literal' ? property.value : null;
      if (typeof name !== 'string') return null;
      if (!isCalled)
        return declared.has(name) || OWN_PROPERTIES.has(name)
          ? null
          : `.${name} may ask a prototype for it: ${CAPTURE}, or declare the member in a type of ours`;
      const isOfLocation =
        object.type === 'MemberExpression' && object.property.type === 'Identifier' && object.property.name === 'location';
      if (isOfLocation && OWN_METHODS_OF_LOCATION.has(name)) return null;
      return declared.has(name) && !METHODS.has(name) ? null : `.${name}() calls what can be replaced: ${CAPTURE}`;
    }
    case 'Property': {
      const isOfLiteral = grandparent?.type === 'VariableDeclarator' && grandparent.init?.type === 'ObjectExpression';
      if (parent?.type !== 'ObjectPattern' || isOfLiteral || node.computed || node.key.type !== 'Identifier') return null;
      const { name } = node.key;
      return declared.has(name) || OWN_PROPERTIES.has(name)
        ? null
        : `.${name} may ask a prototype for it: ${CAPTURE}, or declare the member in a type of ours`;
    }
    default:
      return SYNTAX[node.type] ?? null;
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
      const isGlobal = isValueReference && !FIXED_GLOBALS.has(name);
      check(/** @type {Node} */ (/** @type {unknown} */ (identifier)), isGlobal ? `the global ${name} can be replaced: ${CAPTURE}` : null);
    }
    walk(source.program, (node, ancestors) => check(node, judge(node, ancestors, declared)));
    return problems;
  });
}
