/** Registered while the setting `preferPolyfill` is true. */

import { install } from './shared-storage/install';

install({ replaceNative: true });
