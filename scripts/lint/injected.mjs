// What is injected into documents is copied there as text, on its own: it may refer to nothing outside itself. All of it is in src/injected,
// and every call that injects goes through background/browser/run-in.ts.

import path from 'node:path';
import { Visitor } from 'vite';
import { problemAt } from './source.mjs';

/** @import { Problem, Source } from './source.mjs' */
/** @import { ESTree } from 'vite' */

const INJECTING = 'background/browser/run-in';
/** What is injected as a file is a script of its own. */
const FOR_FILES = 'runFiles';
const INJECTED = 'injected/';
/** The globals in src/injected/globals.d.ts, which TypeScript knows everywhere. */
const SHARED_GLOBAL = /^sharedStorageLab/;
const GLOBAL_OBJECT = /^(?:globalThis|self|window)$/;

/**
 * @param {Source} source
 * @param {string} specifier
 */
const resolve = ({ file }, specifier) => path.posix.join(path.posix.dirname(file), specifier);

/**
 * What a name that is imported stands for: the module, as an address below `src`.
 *
 * @param {Source} source
 * @param {import('@typescript-eslint/scope-manager').Variable | null | undefined} variable
 */
function moduleOf(source, variable) {
  const parent = variable?.defs.map(({ parent }) => parent).find((one) => one?.type === 'ImportDeclaration');
  return parent ? resolve(source, parent.source.value) : null;
}

/**
 * @param {ESTree.Node | null} declaration what a statement exports
 * @returns {boolean} whether it vanishes when types are taken away
 */
const isType = (declaration) => declaration?.type === 'TSInterfaceDeclaration' || declaration?.type === 'TSTypeAliasDeclaration';

/** @param {ESTree.Node | null} declaration */
function isFunction(declaration) {
  if (declaration?.type === 'FunctionDeclaration') return true;
  return (
    declaration?.type === 'VariableDeclaration' &&
    declaration.kind === 'const' &&
    declaration.declarations.every(({ init }) => init?.type === 'ArrowFunctionExpression')
  );
}

/**
 * A file of src/injected: imports of types, types, and functions that are exported, none of which refers to another.
 *
 * @param {Source} source
 * @returns {Problem[]}
 */
export function problemsOfInjected(source) {
  /** @type {Problem[]} */
  const problems = [];
  for (const statement of source.program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null;
    const isOfTypes =
      isType(statement) || isType(declaration) || (statement.type === 'ImportDeclaration' && statement.importKind === 'type');
    if (isOfTypes || isFunction(declaration)) continue;
    problems.push(problemAt(source, statement, 'a file in src/injected has imports of types, types, and functions that it exports'));
  }
  for (const variable of source.scopes.scopes.filter(({ type }) => type === 'module').flatMap(({ variables }) => variables)) {
    for (const { identifier, isValueReference, init } of variable.references) {
      if (!isValueReference || init) continue;
      problems.push(problemAt(source, identifier, `what is injected refers to ${identifier.name}, which is not there where it runs`));
    }
  }
  new Visitor({
    ImportExpression: (node) => void problems.push(problemAt(source, node, 'what is injected imports nothing')),
    MetaProperty: (node) => void problems.push(problemAt(source, node, 'what is injected is no module')),
  }).visit(source.program);
  return problems;
}

/**
 * Any other file: what it has injected comes from src/injected, by name.
 *
 * @param {Source} source
 * @returns {Problem[]}
 */
export function problemsOfInjecting(source) {
  if (source.file === `${INJECTING}.ts`) return [];
  /** @type {Problem[]} */
  const problems = [];
  /** The names that stand for something of src/injected. @type {Set<unknown>} */
  const injected = new Set();
  /** The names of the functions that inject. @type {Set<unknown>} */
  const injecting = new Set();
  for (const { variables } of source.scopes.scopes)
    for (const variable of variables) {
      const module = moduleOf(source, variable);
      if (module?.startsWith(INJECTED)) for (const { identifier } of variable.references) injected.add(identifier);
      if (module === INJECTING && variable.name !== FOR_FILES) for (const { identifier } of variable.references) injecting.add(identifier);
    }
  new Visitor({
    CallExpression(node) {
      if (!injecting.delete(node.callee)) return;
      const [, func] = node.arguments;
      if (!func || injected.has(func)) return;
      problems.push(
        problemAt(
          source,
          func,
          `a function that is given to ${source.text.slice(node.callee.start, node.callee.end)}() is imported from src/injected`,
        ),
      );
    },
    Identifier(node) {
      if (node.name === 'executeScript')
        problems.push(problemAt(source, node, `runIn(), runInAll() and runFiles() of ${INJECTING}.ts inject, nothing else does`));
      if (SHARED_GLOBAL.test(node.name) && !source.file.startsWith('content/'))
        problems.push(problemAt(source, node, `${node.name} is there in the isolated world alone: for src/injected and src/content`));
    },
  }).visit(source.program);
  for (const identifier of injecting)
    problems.push(problemAt(source, /** @type {ESTree.IdentifierReference} */ (identifier), 'what injects is called, and not handed on'));
  return problems;
}

/**
 * What is in a global object is declared, in one place for all who use it.
 *
 * @param {Source} source
 * @returns {Problem[]}
 */
function problemsOfGlobals(source) {
  /** @type {Problem[]} */
  const problems = [];
  const globals = new Set(source.scopes.globalScope?.through.map(({ identifier }) => /** @type {unknown} */ (identifier)));
  new Visitor({
    TSAsExpression(node) {
      if (!globals.has(node.expression) || node.expression.type !== 'Identifier' || !GLOBAL_OBJECT.test(node.expression.name)) return;
      problems.push(
        problemAt(source, node, 'what is in the global object is declared in src/injected/globals.d.ts, or in src/webidl/platform.d.ts'),
      );
    },
  }).visit(source.program);
  return problems;
}

/**
 * @param {readonly Source[]} sources
 * @returns {Problem[]}
 */
export function problemsOfInjection(sources) {
  return sources.flatMap((source) => [
    ...(source.file.startsWith(INJECTED) ? problemsOfInjected(source) : problemsOfInjecting(source)),
    ...problemsOfGlobals(source),
  ]);
}
