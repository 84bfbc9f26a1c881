/** How ancestors are asked, where no browser does what it takes: frames that move, and frames that go away. */

import { afterEach, expect, test, vi } from 'vitest';
import { readEmbedding } from '../../src/background/permissions-policy/embedding';
import { PermissionsPolicies } from '../../src/background/permissions-policy/permissions-policy';
import type { Caller } from '../../src/background/requests/caller';
import type { DocumentFacts, Facts, FactsWithFrames } from '../../src/protocol/document-facts';
import { because } from '../../src/spec/reason';

const document = (origin: string): DocumentFacts => ({ origin, url: `${origin}/`, marks: [], container: null });
const element = (allow: string) => ({ allow, src: '', hasSrcdoc: false, isSandboxed: false });

const CHILD: Facts = { documents: [document('https://child.example')], position: 1 };
const CALLER: Caller = { origin: 'https://child.example', documentId: 'child', tabId: 1, frameId: 5, facts: CHILD };

type Script = { target: { documentIds: string[] }; args?: [number] };

/** A browser with a parent around the caller's frame; `answer` is what a document says. */
function browserWith(answer: (documentId: string, position: number | null) => FactsWithFrames | null, frame: object | null = {}) {
  vi.stubGlobal('chrome', {
    webNavigation: {
      getFrame: async () => frame && { documentId: 'child', parentDocumentId: 'parent', parentFrameId: 0, ...frame },
    },
    scripting: {
      executeScript: async ({ target, args }: Script) => {
        const position = args?.[0] ?? null;
        const result = answer(target.documentIds[0] ?? '', position);
        if (!result) throw new Error('No document with that id');
        return [{ result: position === null ? result : result.frames }];
      },
    },
  });
}

afterEach(() => vi.unstubAllGlobals());

const parent = (allow: string[]): FactsWithFrames => ({
  documents: [document('https://parent.example')],
  position: null,
  frames: allow.map(element),
});

test('a frame that moved among its siblings is looked up again', async () => {
  const asked: (number | null)[] = [];
  browserWith((documentId, position) => {
    if (documentId === 'child') return { ...CHILD, position: 0, frames: [] };
    if (position !== null) asked.push(position);
    return parent([position === 0 ? 'right' : 'wrong']);
  });
  const { levels, isComplete } = await readEmbedding(CALLER, CHILD);
  expect(asked).toEqual([1, 0]);
  expect(isComplete).toBe(true);
  expect(levels.map(({ containers }) => containers)).toEqual([[element('right')], []]);
});

test('a frame that never stops moving ends the search all the same', async () => {
  let position = 0;
  browserWith((documentId) => (documentId === 'child' ? { ...CHILD, position: position++ % 2, frames: [] } : parent(['any'])));
  expect((await readEmbedding(CALLER, CHILD)).isComplete).toBe(true);
});

test.each([
  ['the frame is gone', () => null, null],
  ['the parent is gone, or may not be looked into', () => null, {}],
])('%s: what is known of it counts', async (_name, answer, frame) => {
  browserWith(answer, frame);
  const { levels, isComplete } = await readEmbedding(CALLER, CHILD);
  expect(isComplete).toBe(false);
  expect(levels).toHaveLength(1);
  expect(await new PermissionsPolicies().isEnabled(CALLER, 'shared-storage', CALLER.origin)).toBe(true);
  const marked: Facts = { ...CHILD, documents: [{ ...document('https://child.example'), marks: ['shared-storage none'] }] };
  expect(await new PermissionsPolicies().isEnabled({ ...CALLER, facts: marked }, 'shared-storage', CALLER.origin)).toBe(false);
});

test('a document that stands still makes nobody wait but the documents in it, and them not for ever', async () => {
  vi.useFakeTimers();
  const ofParent = new Promise<never>(() => undefined);
  browserWith(() => null);
  vi.stubGlobal('chrome', { ...chrome, scripting: { executeScript: () => ofParent } });
  const policies = new PermissionsPolicies(5000);
  const verdict = policies.requireFeature(CALLER, 'shared-storage', CALLER.origin).catch((error: unknown) => error);
  const top: Caller = { ...CALLER, documentId: 'top', frameId: 0, facts: null };
  await policies.requireFeature(top, 'shared-storage', CALLER.origin);
  await vi.advanceTimersByTimeAsync(5000);
  expect(await verdict).toMatchObject({
    message: 'The "shared-storage" Permissions Policy denied the method on window.sharedStorage.',
    reason: because('reasonPolicyUnknown', because('reasonSilence', because('silentDocumentsAround'), 5)),
  });
  vi.useRealTimers();
  // Nothing of it is remembered.
  browserWith(() => parent([]));
  await policies.requireFeature(CALLER, 'shared-storage', CALLER.origin);
});
