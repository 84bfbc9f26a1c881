/** What happened to one call, step by step, as far as the event log and the records of worklets tell. */

import { formatDuration, formatValue } from '../../../components/format';
import { counted, type TextName, text } from '../../../components/text';
import type { CauseOfRun, WorkletRecord, WorkletRun } from '../../../protocol/extension-pages/worklets';
import { HANDLER_CALL, type ReadEvent } from '../../../protocol/logged-event';
import { SCOPES } from '../scopes';

export interface Step {
  /** Where it happened. */
  readonly place: TextName;
  readonly text: string;
  readonly isFailure?: boolean;
}

/** What it waited for, by the names in the log. */
const WAITS: Readonly<Record<string, TextName>> = {
  policy: 'waitedPolicy',
  settings: 'waitedSettings',
  'data origin': 'waitedDataOrigin',
  'fenced frames': 'waitedFencedFrames',
  storage: 'waitedStorage',
};

/** How a call that changes entries is known. */
const isUpdate = ({ method }: ReadEvent): boolean => /^(?:set|append|delete|clear|batchUpdate)$/.test(method);

interface Context {
  /** The URL of the frame whose document it was; null where that document has gone. */
  readonly frameURL: string | null;
  readonly worklets: readonly WorkletRecord[];
  /** All that is known, for what the worklet asked for meanwhile. */
  readonly events: readonly ReadEvent[];
}

function asked({ scope, method, documentId, parameters }: ReadEvent, { frameURL }: Context): Step {
  const frame = frameURL ?? text(documentId === null ? 'noDocument' : 'earlierDocument');
  if (scope === 'window') return { place: 'placePage', text: text('askedWindow', method, frame) };
  if (scope === 'worklet' && method === 'run') {
    const { name } = Object(parameters) as { readonly name?: unknown };
    return { place: 'placeWorklet', text: text('ranForPage', String(name), frame) };
  }
  if (method === HANDLER_CALL) {
    const { name, key, action } = Object(parameters) as Record<string, unknown>;
    return { place: 'placeWorklet', text: text('handlerCalled', String(name), String(action), String(key), frame) };
  }
  if (scope === 'worklet') return { place: 'placeWorklet', text: text('askedWorklet', method, frame) };
  if (scope === 'header') return { place: 'placeResponse', text: text('askedHeader', method, frame) };
  return { place: 'placeExtension', text: text('askedBackground', method) };
}

/** What has caused the call of a handler. */
function caused({ method, parameters }: ReadEvent): Step[] {
  if (method !== HANDLER_CALL) return [];
  const { key, action, step, cause } = Object(parameters) as CauseOfRun & { readonly cause?: Pick<CauseOfRun, 'scope' | 'method'> };
  const scope = cause && Object.hasOwn(SCOPES, cause.scope) ? text(SCOPES[cause.scope]) : '';
  return [{ place: 'placeCause', text: text('handlerCause', action, key, String(cause?.method), scope, step) }];
}

function waited({ waits = {} }: ReadEvent): Step[] {
  return Object.entries(waits).map(([name, duration]) => {
    const what = Object.hasOwn(WAITS, name) ? WAITS[name] : undefined;
    return { place: name === 'policy' ? 'placePolicy' : 'placeExtension', text: what ? text(what, formatDuration(duration)) : name };
  });
}

/** The run that a call of run() or selectURL() led to. */
function runOf({ method, documentId, parameters }: ReadEvent, worklets: readonly WorkletRecord[]): [WorkletRecord, WorkletRun] | null {
  // What it contributed is told when it has ended.
  if (method === 'privateAggregation') return null;
  const { workletId, runId } = Object(parameters) as Record<string, unknown>;
  const worklet = worklets.find((one) => one.documentId === documentId && one.workletId === workletId);
  const run = worklet?.runs.find((one) => one.runId === runId);
  return worklet && run ? [worklet, run] : null;
}

function ran(event: ReadEvent, { worklets, events }: Context): Step[] {
  const found = runOf(event, worklets);
  if (!found) return [];
  const [worklet, { name, started, ended, failure }] = found;
  const until = ended ?? Number.POSITIVE_INFINITY;
  const meanwhile = events.filter(
    ({ scope, time, documentId, dataOrigin }) =>
      scope === 'worklet' && documentId === worklet.documentId && dataOrigin === worklet.dataOrigin && time >= started && time <= until,
  );
  const steps: Step[] = [
    { place: 'placeWorklet', text: text('ranStarted', name, worklet.moduleURL, formatDuration(started - event.time)) },
  ];
  if (meanwhile.length > 0) steps.push({ place: 'placeWorklet', text: `${counted('ranCalls', meanwhile.length)} ${namesOf(meanwhile)}` });
  if (ended === null) steps.push({ place: 'placeWorklet', text: text('ranStill') });
  else if (failure === null) steps.push({ place: 'placeWorklet', text: text('ranEnded', formatDuration(ended - started)) });
  else steps.push({ place: 'placeWorklet', text: text('ranFailed', formatDuration(ended - started), failure), isFailure: true });
  return steps;
}

/** Each method once, with how often it was called. */
function namesOf(events: readonly ReadEvent[]): string {
  const counts = new Map<string, number>();
  for (const { method } of events) counts.set(method, (counts.get(method) ?? 0) + 1);
  return Array.from(counts, ([method, count]) => (count === 1 ? method : `${method} × ${count}`)).join(', ');
}

function outcome(event: ReadEvent): Step {
  const { refusal, result, duration } = event;
  const after = formatDuration(duration);
  if (refusal !== null) return { place: 'placeOutcome', text: text('outcomeRefused', after, refusal), isFailure: true };
  if (isUpdate(event)) return { place: 'placeOutcome', text: text('outcomeStored', after) };
  const value = result === null || result === undefined ? '' : formatValue(result, 1000);
  return { place: 'placeOutcome', text: value === '' ? text('outcomeDone', after) : text('outcomeResult', after, value) };
}

export function storyOf(event: ReadEvent, context: Context): Step[] {
  const steps = [...caused(event), asked(event, context), ...waited(event)];
  const isKept = isUpdate(event) && event.scope !== 'worklet' && event.scope !== 'background';
  if (isKept && event.refusal === null) steps.push({ place: 'placeJournal', text: text('keptInJournal') });
  const withLock = (Object(event.parameters) as Record<string, unknown>).withLock;
  if (typeof withLock === 'string') steps.push({ place: 'placeJournal', text: text('waitedLock', withLock) });
  return [...steps, outcome(event), ...ran(event, context)];
}
