// What the sources themselves say about types: no compiler is asked.

import { walk } from './source.mjs';

/** @import { Node, Source } from './source.mjs' */
/** @import { Variable } from '@typescript-eslint/scope-manager' */

const MEMBERS = new Set(['MethodDefinition', 'PropertyDefinition', 'TSPropertySignature', 'TSMethodSignature']);

/**
 * The names of the members of all types and classes that are declared in the sources.
 *
 * @param {readonly Source[]} sources
 * @returns {ReadonlySet<string>}
 */
export function declaredMembers(sources) {
  /** @type {Set<string>} */
  const names = new Set();
  for (const { program } of sources)
    walk(program, (node) => {
      if (MEMBERS.has(node.type) && 'key' in node && node.key?.type === 'Identifier') names.add(node.key.name);
    });
  return names;
}

const PLAIN = new Set(
  [
    // Types that are made of others.
    [
      'Array',
      'Awaited',
      'Exclude',
      'Extract',
      'NonNullable',
      'Omit',
      'Partial',
      'Pick',
      'Readonly',
      'ReadonlyArray',
      'Record',
      'Required',
      'ReturnType',
    ],
    // What page code makes, and what is handed to the language.
    ['ArrayLike', 'Error', 'Iterator', 'IteratorResult', 'PropertyDescriptor', 'ProxyHandler'],
  ].flat(),
);

export class StatedTypes {
  /** The names in a source that nobody declares there. @type {ReadonlySet<unknown>} */
  #global;
  /** By the nodes that refer to them. @type {Map<unknown, Variable>} */
  #variables = new Map();

  /** @param {Source} source */
  constructor({ scopes }) {
    this.#global = new Set(scopes.globalScope?.through.map(({ identifier }) => identifier));
    for (const scope of scopes.scopes)
      for (const { identifier, resolved } of scope.references) if (resolved) this.#variables.set(identifier, resolved);
  }

  /**
   * Whether an expression is said to be an object of the platform, with its members on a prototype.
   *
   * @param {Node | null | undefined} expression
   */
  isOfPlatform(expression) {
    return this.#isPlatformType(this.#typeOf(expression));
  }

  /**
   * Whether an expression may be an object, and is not said to be anything else.
   *
   * @param {Node} expression
   */
  mayBeObject(expression) {
    if (this.#variables.get(expression)?.defs[0]?.type === 'CatchClause') return true;
    const type = this.#typeOf(expression);
    const stated = type?.type === 'TSTypeAnnotation' ? type.typeAnnotation : type;
    return stated?.type === 'TSUnknownKeyword' || stated?.type === 'TSObjectKeyword' || this.#isPlatformType(stated);
  }

  /** @param {Node | null | undefined} type @returns {boolean} */
  #isPlatformType(type) {
    if (type?.type === 'TSTypeAnnotation') return this.#isPlatformType(type.typeAnnotation);
    if (type?.type === 'TSUnionType' || type?.type === 'TSIntersectionType') return type.types.some((one) => this.#isPlatformType(one));
    if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier' || !this.#global.has(type.typeName)) return false;
    const { name } = type.typeName;
    // Dictionaries are plain objects.
    return !PLAIN.has(name) && !/(?:Init|Options)$/.test(name);
  }

  /** @param {Node | null | undefined} node an expression, or what it is taken apart by @returns {Node | null | undefined} */
  #typeOf(node) {
    if (node?.type === 'TSAsExpression' || node?.type === 'ObjectPattern') return node.typeAnnotation;
    const [definition] = this.#variables.get(node)?.defs ?? [];
    const name = /** @type {Node | undefined} */ (/** @type {unknown} */ (definition?.name));
    if (name?.type === 'Identifier' && name.typeAnnotation) return name.typeAnnotation;
    const declaration = /** @type {Node | undefined} */ (/** @type {unknown} */ (definition?.node));
    return declaration?.type === 'VariableDeclarator' && declaration.id === name ? this.#typeOf(declaration.init) : null;
  }
}
