/** The check that what people read is in _locales. */

import { expect, test } from 'vitest';
import { parseSource } from '../../scripts/lint/source.mjs';
import { problemsOfTexts } from '../../scripts/lint/texts.mjs';

const problems = (code: string, texts: Record<string, string> = {}, manifest = '') =>
  problemsOfTexts([parseSource('panel/some.ts', code)], { texts, manifest }).map(({ message }) => message);

test('a text that is not there, one that nobody uses, and one with too few or too many values', () => {
  expect(problems(`text('absent')`)).toEqual(['_locales has no text absent']);
  expect(problems(`text('used'); const NAMES = ['listed']`, { used: 'Used', listed: 'Listed', unused: 'Unused' })).toEqual([
    'nobody uses the text unused',
  ]);
  expect(problems('', { named: 'In the manifest' }, '"name": "__MSG_named__"')).toEqual([]);
  expect(problems(`text('of', one)`, { of: '$1 of $2' })).toEqual(['the text of takes 2 values, not 1']);
  expect(problems(`text('of', one, other)`, { of: '$1' })).toEqual(['the text of takes 1 values, not 2']);
  expect(problems(`counted('frames', n)`, { framesOne: 'one frame', framesOther: '$1 frames' })).toEqual([]);
  expect(problems(`counted('frames', n)`, { framesOne: 'one frame' })).toEqual(['_locales has no text framesOther']);
});

test('a reason that is kept is the name of a text, wherever it is made; words of ours are none', () => {
  const texts = { full: '$1 of $2', none: 'None', manyOne: 'one', manyOther: '$1' };
  const used = `because('full', 1, 2); because(a ? 'none' : 'absent'); becauseOf('many', n)`;
  const inStore = (code: string) =>
    problemsOfTexts([parseSource('store/some.ts', code)], { texts, manifest: '' }).map(({ message }) => message);
  expect(inStore(used)).toEqual(['_locales has no text absent']);
  expect(inStore(`${used.replace('absent', 'none')}; because('full', 1)`)).toEqual(['the text full takes 2 values, not 1']);
  const words = 'words of ours are no reason: give it a text in _locales, and because()';
  const imported = `import { said } from '../spec/reason';`;
  const whole = used.replace('absent', 'none');
  expect(inStore(`${whole}; ${imported} said('No.'); said(\`\${n} are no.\`); said(error.message)`)).toEqual([words, words]);
  expect(inStore(`${whole}; const said = new Set(); said('of another kind')`)).toEqual([]);
  expect(inStore(`${whole}; const reason = 'No.' as Said;`)).toEqual(['only spec/reason.ts makes a reason of a string']);
});

test('the words of an error that only pages of ours are told', () => {
  const inFile = (file: string, code: string) =>
    problemsOfTexts([parseSource(file, code)], { texts: { lost: 'Lost' }, manifest: '' }).map(({ message }) => message);
  const words = 'pages of ours show this: give it a text in _locales, and wordsOf(because())';
  const code = `fail('NotSupportedError', 'Not understood.'); throw new Refusal('DataError', \`No \${origin}.\`)`;
  const right = "fail(error.name, wordsOf(because('lost'))); throw new Refusal('Error', sentences)";
  expect(inFile('background/handlers/extension-pages/some.ts', `${code}; ${right}`)).toEqual([words, words]);
  // Pages of others get the API's own errors.
  expect(inFile('background/handlers/some.ts', `${code}; ${right}`)).toEqual([]);
});

test('strings for people in templates, as text and in attributes', () => {
  const quoted = 'people read this: it belongs in _locales: ';
  expect(problems(`html\`<p>\${text}</p>\``)).toEqual([]);
  expect(problems(`html\`<p class="note">Nothing here, \${name}.</p>\``)).toEqual([`${quoted}Nothing here, \0.`]);
  expect(problems(`html\`<input placeholder="Filter" .value=\${a > b}>\``)).toEqual([`${quoted}placeholder="Filter"`]);
  expect(problems(`html\`<input aria-label=\${label} type="text">&nbsp;▲\``)).toEqual([]);
  expect(problems(`css\`p { color: red }\``)).toEqual([]);
});
