/** The settings, for the extension's own pages. */

import { problemsOfSettings, type SettingProblem } from '../../../extension/decode-settings';
import { isSettingGroup } from '../../../extension/settings';
import { wordsOf } from '../../../extension/words';
import type { SettingsFields, SettingsRequests } from '../../../protocol/extension-pages/settings';
import { isFields } from '../../../protocol/schema';
import { putInForce, type SettingsInForce } from './settings-in-force';
import type { ExtensionPageHandlersOf } from './table';

const isGroup = (value: unknown): value is SettingsFields => isFields(value) && !Array.isArray(value);

/** The groups that settings are in are changed member by member; records by origin are not. */
function merge(stored: SettingsFields, given: SettingsFields): SettingsFields {
  const merged: Record<string, unknown> = { ...stored };
  for (const [name, value] of Object.entries(given)) {
    const before = merged[name];
    merged[name] = isSettingGroup(name) && isGroup(value) && isGroup(before) ? { ...before, ...value } : value;
  }
  return merged;
}

/** Nothing is ignored here: the whole request is refused. */
const describeProblem = ({ path, problem }: SettingProblem): string => `${['settings', ...path].join('.')} ${wordsOf(problem)}`;

export function settingsHandlers(services: SettingsInForce): ExtensionPageHandlersOf<keyof SettingsRequests> {
  return {
    'settings.read': async () => {
      const settings = await services.settings.get();
      // A worker that has just started may still be at it.
      await services.optionalScripts.apply(settings);
      return { ...settings };
    },
    'settings.write': async ({ settings: given, isWhole }) => {
      const problems = problemsOfSettings(given);
      if (problems.length > 0) throw new TypeError(problems.map(describeProblem).join('; '));
      return { ...(await putInForce(services, (stored) => merge(isWhole ? {} : { ...stored }, given))) };
    },
  };
}
