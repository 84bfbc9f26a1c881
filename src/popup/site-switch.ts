/** Whether the site of a page may use the API: the setting `blockedSites`, one site at a time. */

import type { Settings } from '../extension/settings';
import { changeSettings } from '../extension/stored-settings';
import { isSiteIn, siteOf } from '../store/site';

export const isOn = ({ blockedSites }: Settings, origin: string): boolean => !isSiteIn(blockedSites, origin);

/** Off: the whole site is blocked. On: nothing that is listed blocks it any more. */
export function setSite(origin: string, on: boolean): Promise<void> {
  const site = siteOf(origin);
  return changeSettings(({ blockedSites = [], ...others }) => {
    const remaining = blockedSites.filter((listed) => !isSiteIn([listed], origin));
    return { ...others, blockedSites: on || site === null ? remaining : [...remaining, site] };
  });
}
