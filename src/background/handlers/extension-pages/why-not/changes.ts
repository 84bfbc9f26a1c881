/** The line that is to be written for something to be allowed. */

import type { Settings } from '../../../../extension/settings';
import { type Simulation, simulationOf } from '../../../../extension/simulations';
import type { WhyNotChange } from '../../../../protocol/extension-pages/why-not';
import { type Feature, isOpaque, type Origin } from '../../../../spec/permissions-policy/allowlist';
import type { ContainerAttributes } from '../../../../spec/permissions-policy/parse-allow-attribute';
import { isSiteIn, siteOf } from '../../../../store/site';
import type { Sandbox } from './sandbox';

/** `origin`: who is to be allowed, null for the document itself. */
export function allowInHeader(feature: Feature, origin: Origin | null): WhyNotChange {
  const others = origin === null ? '' : ` "${origin}"`;
  const allowlist = origin !== null && isOpaque(origin) ? '*' : `(self${others})`;
  return { in: 'header', line: `Permissions-Policy: ${feature}=${allowlist}` };
}

/** What the attribute says of other features stays. `element`: null where it is not known which one it is. */
export function allowInAttribute(feature: Feature, origin: Origin, element: ContainerAttributes | null): WhyNotChange {
  const directives = (element?.allow ?? '').split(';').map((directive) => directive.trim());
  const others = directives.filter((directive) => directive !== '' && directive.split(/\s/)[0] !== feature);
  const allowed = [...others, `${feature} ${isOpaque(origin) ? '*' : origin}`].join('; ');
  return { in: 'attribute', line: `allow="${allowed}"` };
}

/** A `data:` document is secure nowhere. */
export const securedAddress = (url: string): WhyNotChange => ({
  in: 'address',
  line: url.startsWith('http:') ? url.replace('http:', 'https:') : 'https:',
});

const SANDBOX_DIRECTIVE = /(^|;)(\s*sandbox\b[^;]*)/i;

/** What the sandbox allows stays allowed. A document in a secure context is opaque because it, or one around it, is sandboxed. */
export function allowSameOrigin({ in: where, text }: Sandbox): WhyNotChange {
  if (where === 'attribute') return { in: where, line: `sandbox="${[text.trim(), 'allow-same-origin'].filter(Boolean).join(' ')}"` };
  const policy = text.replace(
    SANDBOX_DIRECTIVE,
    (_, before: string, directive: string) => `${before}${directive.trimEnd()} allow-same-origin`,
  );
  return { in: where, line: `Content-Security-Policy: ${policy}` };
}

/** A change of the settings, and the line that says it: a member of the JSON object that they are. */
export interface SettingsChange {
  readonly setting: keyof Settings;
  readonly settings: Settings;
  readonly change: WhyNotChange;
}

export function changeSetting<Name extends keyof Settings>(settings: Settings, setting: Name, value: Settings[Name]): SettingsChange {
  const change = { in: 'settings', line: `"${setting}": ${JSON.stringify(value)}` } as const;
  return { setting, settings: { ...settings, [setting]: value }, change };
}

/** That a switch of the data origin's is off. */
export function stopSimulating(settings: Settings, dataOrigin: string, name: keyof Simulation): SettingsChange {
  const { [name]: _, ...others } = simulationOf(settings.simulations, dataOrigin);
  return changeSetting(settings, 'simulations', { ...settings.simulations, [dataOrigin]: others });
}

/** The changes that may let a data origin in, each on its own. Which of them do is not decided here. */
export function changesFor(settings: Settings, dataOrigin: string): SettingsChange[] {
  const { enrollment, blockedSites } = settings;
  const site = siteOf(dataOrigin) ?? dataOrigin;
  const others = blockedSites.filter((blocked) => !isSiteIn([blocked], dataOrigin));
  return [
    changeSetting(settings, 'enabled', true),
    ...(enrollment === 'all' ? [] : [changeSetting(settings, 'enrollment', [...enrollment, site])]),
    stopSimulating(settings, dataOrigin, 'notEnrolled'),
    stopSimulating(settings, dataOrigin, 'userDisabled'),
    changeSetting(settings, 'blockedSites', others),
  ];
}
