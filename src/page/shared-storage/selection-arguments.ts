/** What selectURL() is given, converted and checked. https://wicg.github.io/shared-storage/#dom-sharedstorageworklet-selecturl */

import type { SelectableUrl } from '../../spec/fenced-frame-config';
import { isObject, memberContext, toBoolean, toDictionarySource, toDOMString, toSequence, toUSVString } from '../../webidl/conversions';
import { dataError, typeError } from '../../webidl/exceptions';
import { append, bag, getOwnPropertyDescriptor, ownKeys } from '../../webidl/primordials';
import { parseURL, urlHref, urlProtocol } from '../bridge/page-url';
import { convertPrivateAggregationConfig } from './private-aggregation-config';

interface UrlWithMetadata {
  readonly url: string;
  readonly reportingMetadata: object | undefined;
}

/** The member `name` of type `object`, or undefined where it is absent. */
export function toObjectMember(value: unknown, name: string, dictionary: string, operation: string): object | undefined {
  if (value === undefined || isObject(value)) return value;
  throw typeError("Failed to convert value to 'object'.", memberContext(operation, name, dictionary));
}

export function convertUrls(value: unknown, operation: string): UrlWithMetadata[] {
  const dictionary = 'SharedStorageUrlWithMetadata';
  return toSequence(value, operation, (element) => {
    // A dictionary with a required member is not made of nothing.
    const source = toDictionarySource(element ?? '', dictionary, operation) as Record<string, unknown>;
    const reportingMetadata = toObjectMember(source.reportingMetadata, 'reportingMetadata', dictionary, operation);
    const { url } = source;
    const context = memberContext(operation, 'url', dictionary);
    if (url === undefined) throw typeError('Required member is undefined.', context);
    return { url: toUSVString(url, context), reportingMetadata };
  });
}

const isArrayIndex = (key: string): boolean => `${+key >>> 0}` === key;

/** https://wicg.github.io/shared-storage/#validate-reporting-metadata */
function validateReportingMetadata(reportingMetadata: object, index: number): [string, string][] {
  const reportUrls: [string, string][] = [];
  const keys = ownKeys(reportingMetadata);
  for (let position = 0; position < keys.length; position++) {
    const eventType = keys[position];
    if (typeof eventType !== 'string' || !getOwnPropertyDescriptor(reportingMetadata, eventType)?.enumerable) continue;
    const urlString = (reportingMetadata as Record<string, unknown>)[eventType];
    if (isArrayIndex(eventType) || typeof urlString !== 'string')
      throw dataError('selectURL reportingMetadata object attributes must be strings');
    const url = parseURL(urlString);
    // If the result of running get the canonical URL string if valid is undefined, return false (Chromium: also where it is not HTTPS).
    if (!url || urlProtocol(url) !== 'https:')
      throw dataError(`The metadata for the url at index ${index} has an invalid or non-HTTPS report_url parameter "${urlString}".`);
    append(reportUrls, [eventType, urlHref(url)]);
  }
  // If reportingMetadata is empty, return true (Chromium: a DataError).
  if (reportUrls.length === 0) throw dataError('selectURL could not get reportingMetadata object attributes');
  return reportUrls;
}

/** The URLs as the spec's steps check them, in their order. */
export function validateUrls(urls: readonly UrlWithMetadata[]): SelectableUrl[] {
  // If urls is empty or if urls's size is greater than 8, return a promise rejected with a TypeError (Chromium: a DataError).
  if (urls.length === 0 || urls.length > 8) throw dataError('Length of the "urls" parameter is not valid.');
  const selectable: SelectableUrl[] = [];
  for (let index = 0; index < urls.length; index++) {
    const { url, reportingMetadata } = urls[index] as UrlWithMetadata;
    const parsed = parseURL(url);
    // If serializedUrl is undefined, return a promise rejected with a TypeError (Chromium: a DataError).
    if (!parsed) throw dataError(`The url "${url}" is invalid.`);
    append(selectable, {
      url: urlHref(parsed),
      reportingMetadata: reportingMetadata ? validateReportingMetadata(reportingMetadata, index) : [],
    });
  }
  return selectable;
}

interface PrivateAggregationOptions {
  readonly privateAggregationConfig?: unknown;
}

export interface OperationOptions {
  readonly data: { readonly value: unknown } | undefined;
  readonly keepAlive: boolean;
  readonly resolveToConfig: boolean;
  readonly savedQuery: string;
  readonly config: ReturnType<typeof convertPrivateAggregationConfig>;
}

/** https://wicg.github.io/shared-storage/#dictdef-sharedstoragerunoperationmethodoptions */
export function convertOperationOptions(value: unknown, operation: string): OperationOptions {
  const dictionary = 'SharedStorageRunOperationMethodOptions';
  // Of nothing every member is absent, which looks the same in an object.
  const source: Record<string, unknown> = toDictionarySource(value, dictionary, operation) ?? bag({});
  // The members are read in the order of their names, as Web IDL has it.
  const data = toObjectMember(source.data, 'data', dictionary, operation);
  const keepAlive = toBoolean(source.keepAlive);
  const context = memberContext(operation, 'privateAggregationConfig', dictionary);
  const { privateAggregationConfig } = source as PrivateAggregationOptions;
  const config = convertPrivateAggregationConfig(privateAggregationConfig, context);
  const resolveToConfig = toBoolean(source.resolveToConfig);
  const { savedQuery: given } = source;
  const savedQuery = given === undefined ? '' : toDOMString(given, memberContext(operation, 'savedQuery', dictionary));
  return { data: data && { value: data }, keepAlive, resolveToConfig, savedQuery, config };
}
