// Members of our own classes and states that injected scripts call by shorter names. No message, no page and no browser knows any of them
// (test/unit/mangled-names.test.ts).

export const MANGLED_NAMES = [
  'addModuleInitiated',
  'carrier',
  'convertSequence',
  'handOver',
  'interfaceObject',
  'isEventOfEarlierLoad',
  'isExpected',
  'isRefused',
  'keepAliveAfterOperation',
  'placeConstructor',
  'promiseOperation',
  'readonlyAttribute',
  'replaceNative',
  'requireContext',
  'stateOf',
];
