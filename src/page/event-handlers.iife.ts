/** Registered while the setting `possibilities.eventHandlers` is true. */

import { installEventHandlers } from './event-handlers/install-event-handlers';

installEventHandlers();
