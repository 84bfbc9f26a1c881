// Members of our own classes and states that injected scripts call by shorter names. No message, no page and no browser knows any of them
// (test/unit/mangled-names.test.ts).

export const MANGLED_NAMES = [
  'addModuleInitiated',
  'carrier',
  'collect',
  'convertSequence',
  'deliverNow',
  'forgetChannels',
  'giveModule',
  'handOver',
  'interfaceObject',
  'isEventOfEarlierLoad',
  'isExpected',
  'isRefused',
  'keepAliveAfterOperation',
  'mayBeDenied',
  'onItsWay',
  'passOn',
  'placeConstructor',
  'promiseOperation',
  'readonlyAttribute',
  'reopen',
  'repetitions',
  'replaceNative',
  'requireContext',
  'stateOf',
];
