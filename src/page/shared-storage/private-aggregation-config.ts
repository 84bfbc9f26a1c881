/** `privateAggregationConfig`, converted. https://wicg.github.io/shared-storage/#dictdef-sharedstorageprivateaggregationconfig */

import { memberContext, toDictionarySource, toUSVString } from '../../webidl/conversions';
import { toUnsignedLongLong } from '../../webidl/numbers';
import { bag } from '../../webidl/primordials';

/** In the order in which Web IDL reads them: two strings, and two integers. */
const MEMBERS = ['aggregationCoordinatorOrigin', 'contextId', 'filteringIdMaxBytes', 'maxContributions'];

/** What was given, by name; null where there is no config. What is wrong with the values is for the service worker: this realm pays for every line. */
export function convertPrivateAggregationConfig(value: unknown, operation: string): Record<string, string | number> | null {
  const dictionary = 'SharedStoragePrivateAggregationConfig';
  const source = toDictionarySource(value, dictionary, operation);
  if (!source) return null;
  const config: Record<string, string | number> = bag({});
  for (let index = 0; index < MEMBERS.length; index++) {
    const name = MEMBERS[index] as string;
    const given = source[name];
    if (given !== undefined)
      config[name] = (index < 2 ? toUSVString : toUnsignedLongLong)(given, memberContext(operation, name, dictionary));
  }
  return config;
}
