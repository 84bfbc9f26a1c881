/**
 * The extension's static declarative rules, by the ids that manifest.json names: the build makes the JSON files of them (vite.config.ts), so
 * that what is in them and in code as well is in one place.
 */

import { clearSiteData } from './clear-site-data';
import { fencedFrames } from './fenced-frames';
import { originIsolation } from './origin-isolation';
import { overNative } from './over-native';
import { interestGroups, permissionsPolicy } from './permissions-policy';
import type { Rule } from './rule';
import { storageWritable } from './storage-writable';
import { storageWriteResponses } from './storage-write-responses';
import { workletModules } from './worklet-modules';

export const RULESETS: Readonly<Record<string, readonly Rule[]>> = {
  'clear-site-data': clearSiteData,
  'fenced-frames': fencedFrames,
  'interest-groups': interestGroups,
  'origin-isolation': originIsolation,
  'over-native': overNative,
  'permissions-policy': permissionsPolicy,
  'storage-writable': storageWritable,
  'storage-write-responses': storageWriteResponses,
  'worklet-modules': workletModules,
};
