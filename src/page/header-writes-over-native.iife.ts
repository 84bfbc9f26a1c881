/** Registered while the setting `preferPolyfill` is true. */

import { installHeaderWrites } from './header-writes/install-header-writes';

installHeaderWrites({ replaceNative: true });
