/**
 * The deprecated functions of navigator that take a URN or a config. Chromium has made them idle: they resolve for everything, and say nothing of
 * what a URN stands for. So they do here for what is a URN; what is none is refused with native Chromium's words.
 */

import { isObject, toUSVString } from '../../webidl/conversions';
import { failureOf, invalidAccessError, typeError } from '../../webidl/exceptions';
import { apply, bag, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, uncurryMethod } from '../../webidl/primordials';
import { isFullyActive } from '../bridge/document-state';
import { parseURL, urlHref } from '../bridge/page-url';
import { fencedFrameConfig } from './fenced-frame-config';
import { wrapMember } from './replace-member';

const exec = uncurryMethod(RegExp, 'exec');

/** https://webidl.spec.whatwg.org/#js-record of USVString and USVString. */
function toRecord(value: unknown, operation: string): Record<string, string> {
  if (!isObject(value)) throw typeError('Only objects can be converted to record<K,V> types', operation);
  const record = bag<Record<string, string>>({});
  const keys = ownKeys(value);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    if (getOwnPropertyDescriptor(value, key)?.enumerable)
      record[toUSVString(key, operation)] = toUSVString((value as Record<string, unknown>)[key], operation);
  }
  return record;
}

/** `${…}` or `%%…%%`, whose ends may be the same. */
function requireReplacements(record: Record<string, string>, operation: string): void {
  const names = ownKeys(record) as string[];
  for (let index = 0; index < names.length; index++)
    if (!exec(/^(?:\$\{.*\}|(?=%%).*%%)$/s, names[index] as string))
      throw typeError(`Replacements must be of the form '\${...}' or '%%...%%'`, operation);
}

/** DEVIATION: a config that a page has made of a URN itself counts as one that has a URL behind it. */
function requireURN(navigator: object, name: string, length: number): void {
  wrapMember(
    getPrototypeOf(navigator) as object,
    name,
    (native, self, args) => {
      // What is wrong then the browser says as it always did.
      if (self !== navigator || args.length < length) return apply(native, self, args);
      const operation = failureOf(name, 'Navigator');
      const config = fencedFrameConfig().stateOf(args[0]);
      const url = config ? config.url : toUSVString(args[0], operation);
      const record = length > 1 && toRecord(args[1], operation);
      if (!isFullyActive()) throw invalidAccessError(`${operation}: The document has no window associated.`);
      const parsed = parseURL(url);
      if (!parsed || !exec(/^urn:uuid:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i, urlHref(parsed)))
        throw typeError(`Passed ${config ? 'config must have a mapped URL' : 'URL must be a valid URN URL'}.`, operation);
      if (record) requireReplacements(record, operation);
      return apply(native, self, [url, record]);
    },
    true,
  );
}

/** For the prototype that pages find the functions on. */
export function requireURNs(navigator: object): void {
  requireURN(navigator, 'deprecatedURNToURL', 1);
  requireURN(navigator, 'deprecatedReplaceInURN', 2);
}
