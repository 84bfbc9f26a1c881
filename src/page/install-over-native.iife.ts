/** Registered while the setting `preferPolyfill` is true. */

import { install } from './install';

install({ replaceNative: true });
