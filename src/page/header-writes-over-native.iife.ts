/** Registered while the setting `preferPolyfill` is true. */

import { installHeaderWrites } from './install-header-writes';

installHeaderWrites({ replaceNative: true });
