// Which code runs while its script is loaded, before any code of the page or of the worklet, and which code runs later.

import path from 'node:path';
import { walk } from './source.mjs';

/** @import { Source } from './source.mjs' */
/** @import { ESTree } from 'vite' */
/** @import { Variable } from '@typescript-eslint/scope-manager' */

/**
 * A function that has a name, or a class: what happens when it is constructed.
 *
 * @typedef {object} Named
 * @property {Source} source
 * @property {ESTree.Node} node
 * @property {Use[]} uses
 * @property {boolean} isOfLoadTime it is called while scripts are loaded, and only then
 */

/**
 * @typedef {object} Use of the name
 * @property {Source} source
 * @property {ESTree.Node} node
 * @property {boolean} isCall
 */

/** What such a method of an array is given runs at once. */
const RUN_AT_ONCE = new Set(['every', 'filter', 'find', 'findIndex', 'flatMap', 'forEach', 'map', 'reduce', 'some']);

/** Definitions of a name that may stand for a function or a class. @type {ReadonlySet<string>} */
const NAMING = new Set(['FunctionName', 'ClassName', 'Variable']);

/** @param {ESTree.Node} node */
const isFunction = ({ type }) => type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression';

/**
 * @param {ESTree.Node} func
 * @param {ESTree.Node | undefined} parent
 */
function runsAtOnce(func, parent) {
  if (parent?.type !== 'CallExpression') return false;
  const { callee } = parent;
  if (/** @type {ESTree.Node} */ (callee) === func) return true;
  return callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && RUN_AT_ONCE.has(callee.property.name);
}

export class LoadTime {
  /** @type {Map<ESTree.Node, readonly ESTree.Node[]>} */
  #ancestors = new Map();
  /** By the function or class. @type {Map<ESTree.Node, Named>} */
  #named = new Map();
  /** By the variable that stands for it. @type {Map<Variable, Named>} */
  #byVariable = new Map();

  /** @param {readonly Source[]} sources */
  constructor(sources) {
    for (const source of sources) {
      walk(source.program, (node, ancestors) => void this.#ancestors.set(node, ancestors));
      for (const scope of source.scopes.scopes) for (const variable of scope.variables) this.#name(source, variable);
    }
    for (const source of sources) this.#findUses(source, sources);
    this.#settle();
  }

  /** @param {ESTree.Node} node @returns {readonly ESTree.Node[]} innermost first */
  ancestorsOf(node) {
    return this.#ancestors.get(node) ?? [];
  }

  /** @param {Source} source @param {Variable} variable */
  #name(source, variable) {
    const [definition] = variable.defs;
    // The function of a parameter is not what the parameter stands for.
    if (variable.defs.length !== 1 || !definition || !NAMING.has(definition.type)) return;
    const declared = /** @type {ESTree.Node} */ (/** @type {unknown} */ (definition.node));
    const node = declared.type === 'VariableDeclarator' && declared.id.type === 'Identifier' ? declared.init : declared;
    if (!node || !(isFunction(node) || node.type === 'ClassDeclaration')) return;
    // A class has its name inside of it as well.
    const named = this.#named.get(node) ?? { source, node, uses: [], isOfLoadTime: true };
    this.#named.set(node, named);
    this.#byVariable.set(variable, named);
  }

  /** What is exported by that name. @param {Source | undefined} source @param {string} name @returns {Named | undefined} */
  #exported(source, name) {
    const variable = source?.scopes.scopes.find(({ type }) => type === 'module')?.set.get(name);
    return variable && this.#byVariable.get(variable);
  }

  /** @param {Source} source @param {readonly Source[]} sources */
  #findUses(source, sources) {
    for (const variable of source.scopes.scopes.flatMap(({ variables }) => variables)) {
      const [definition] = variable.defs;
      let named = this.#byVariable.get(variable);
      if (definition?.node.type === 'ImportSpecifier' && definition.parent?.type === 'ImportDeclaration') {
        const file = `${path.posix.join(path.posix.dirname(source.file), definition.parent.source.value)}.ts`;
        const { imported } = definition.node;
        named = this.#exported(
          sources.find((other) => other.file === file),
          imported.type === 'Identifier' ? imported.name : imported.value,
        );
      }
      if (!named) continue;
      for (const { identifier, isValueReference, init } of variable.references) {
        const node = /** @type {ESTree.Node} */ (/** @type {unknown} */ (identifier));
        const [parent] = this.ancestorsOf(node);
        if (!isValueReference || init || parent?.type === 'ExportSpecifier') continue;
        const isCall =
          (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') && /** @type {ESTree.Node} */ (parent.callee) === node;
        named.uses.push({ source, node, isCall });
      }
    }
  }

  /** Who is called by what runs later runs later. */
  #settle() {
    for (const named of this.#named.values()) named.isOfLoadTime = named.uses.length > 0 && named.uses.every(({ isCall }) => isCall);
    for (let isSettled = false; !isSettled; ) {
      isSettled = true;
      for (const named of this.#named.values()) {
        if (!named.isOfLoadTime || named.uses.every(({ node }) => this.runsAtLoadTime(node))) continue;
        named.isOfLoadTime = false;
        isSettled = false;
      }
    }
  }

  /** @param {ESTree.Node} node */
  runsAtLoadTime(node) {
    const ancestors = this.ancestorsOf(node);
    for (const [index, ancestor] of ancestors.entries()) {
      const parent = ancestors[index + 1];
      const named = this.#named.get(ancestor);
      if (ancestor.type === 'PropertyDefinition' && !ancestor.static) return this.#isMadeAtLoadTime(ancestors[index + 2]);
      if (!isFunction(ancestor)) continue;
      if (named) return named.isOfLoadTime;
      if (parent?.type === 'MethodDefinition' && parent.kind === 'constructor') return this.#isMadeAtLoadTime(ancestors[index + 3]);
      if (!runsAtOnce(ancestor, parent)) return false;
    }
    return true;
  }

  /** @param {ESTree.Node | undefined} declaration of a class */
  #isMadeAtLoadTime(declaration) {
    return (declaration && this.#named.get(declaration)?.isOfLoadTime) ?? false;
  }

  /**
   * The functions that are used by code that runs later, and what those use in their turn.
   *
   * @param {(source: Source) => boolean} isAsked whose code it is about
   * @returns {Set<ESTree.Node>}
   */
  usedLaterBy(isAsked) {
    /** @type {Set<ESTree.Node>} */
    const used = new Set();
    for (let count = -1; count < used.size; ) {
      count = used.size;
      for (const { node, uses } of this.#named.values()) {
        const isUsed = uses.some((use) => {
          if (!isAsked(use.source)) return this.ancestorsOf(use.node).some((one) => used.has(one));
          // Whoever is handed on while scripts are loaded is called later.
          return !use.isCall || !this.runsAtLoadTime(use.node);
        });
        if (isUsed) used.add(node);
      }
    }
    return used;
  }
}
