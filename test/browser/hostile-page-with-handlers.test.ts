/** The page that attacks the API, with event handlers switched on. */

import { SWITCHED_ON } from './event-handlers';
import { everyLabHas } from './lab';

everyLabHas(SWITCHED_ON);
await import('./hostile-page.test');
