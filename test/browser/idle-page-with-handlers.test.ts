/** What a page that does not use the API feels of us, with event handlers switched on: nothing, as without. */

import { SWITCHED_ON } from './event-handlers';
import { everyLabHas } from './lab';

everyLabHas(SWITCHED_ON);
await import('./idle-page.test');
