// State belongs to somebody: it is a field of an object, or is in the function that made what uses it, and no variable of a module.

import { problemAt } from './source.mjs';

/** @import { Problem, Source } from './source.mjs' */
/** @import { ESTree } from 'vite' */

/**
 * How many variables of modules of `src/page` are state still. Each of these modules is the one owner of its state in a realm, in which the page's script
 * is evaluated once; an object around it would be bytes that every page pays for, or every fenced frame. No file comes to this list, and no number in it grows.
 *
 * @type {ReadonlyMap<string, number>}
 */
export const LEFT = new Map([
  ['page/bridge/bridge-channel.ts', 5],
  ['page/fenced-frames/fenced-frame-config.ts', 1],
  ['page/fenced-frames/fenced-frame.ts', 3],
  ['page/fenced-frames/observers.ts', 1],
  ['page/fenced-frames/user-activation.ts', 2],
  ['page/header-writes/leaving.ts', 6],
  ['page/header-writes/marked-requests.ts', 1],
  ['page/select-url/watch-frames.ts', 2],
  ['page/shared-storage/shared-storage-worklet.ts', 1],
]);

/** Made of nothing, they are there to be filled. */
const COLLECTIONS = new Set(['Map', 'Set']);

/**
 * What is no state of the module that makes it: what is known of objects that are not ours, and goes with them; what is described once.
 */
const NO_STATE = new Set(['WeakMap', 'WeakSet', 'Interface', 'ModifierMethodClasses', 'SessionRules', 'Proxy']);

/** Such a module is what makes the parts of its world, once. @param {string} file */
const isEntry = (file) => /(?:^[a-z]+\/index|\.iife)\.ts$/.test(file);

/** @param {ESTree.Statement | ESTree.ModuleDeclaration} statement @returns {ESTree.VariableDeclaration | null} */
function variablesOf(statement) {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  return declaration?.type === 'VariableDeclaration' && !declaration.declare ? declaration : null;
}

/** @param {Source} source @returns {ReadonlySet<string>} the names that stand for something of ours */
function namesOfOurs({ program }) {
  const names = program.body.flatMap((statement) => {
    if (statement.type === 'ImportDeclaration')
      return statement.source.value.startsWith('.') ? statement.specifiers.map(({ local }) => local.name) : [];
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    return declaration?.type === 'ClassDeclaration' && declaration.id ? [declaration.id.name] : [];
  });
  return new Set(names);
}

/** @param {ESTree.VariableDeclarator} declarator */
function isReadonly({ id }) {
  const type = 'typeAnnotation' in id ? id.typeAnnotation?.typeAnnotation : null;
  if (type?.type === 'TSTypeOperator') return type.operator === 'readonly';
  return type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name.startsWith('Readonly');
}

/**
 * Whether the constant stands for something that changes.
 *
 * @param {Source} source
 * @param {ESTree.VariableDeclarator} declarator
 */
function isState(source, declarator) {
  const { init } = declarator;
  if (!init || isReadonly(declarator)) return false;
  if (init.type === 'ArrayExpression') return init.elements.length === 0;
  if (init.type !== 'NewExpression' || init.callee.type !== 'Identifier' || NO_STATE.has(init.callee.name)) return false;
  const { name } = init.callee;
  return COLLECTIONS.has(name) || (!isEntry(source.file) && namesOfOurs(source).has(name));
}

/** @param {Source} source @returns {ESTree.VariableDeclarator[]} */
function stateOf(source) {
  return source.program.body.flatMap((statement) => {
    const variables = variablesOf(statement);
    if (!variables) return [];
    return variables.kind === 'const' ? variables.declarations.filter((one) => isState(source, one)) : variables.declarations;
  });
}

/**
 * @param {readonly Source[]} sources
 * @param {ReadonlyMap<string, number>} left
 * @returns {Problem[]}
 */
export function problemsOfModuleState(sources, left = LEFT) {
  return sources.flatMap((source) => {
    const found = stateOf(source);
    const allowed = left.get(source.file) ?? 0;
    if (found.length < allowed)
      return [
        problemAt(source, source.program, `${found.length} variables of the module are state: say so in scripts/lint/module-state.mjs`),
      ];
    if (found.length === allowed) return [];
    return found.map((node) =>
      problemAt(source, node, 'state of a module: make it a field of what owns it (scripts/lint/module-state.mjs)'),
    );
  });
}
