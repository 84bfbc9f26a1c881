/** Registered while there are frames with opaque URLs, and of no effect in all other frames. */

import { installFence } from './fenced-frames/install-fence';

installFence();
