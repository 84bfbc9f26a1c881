/** The views of the panel, in the order of their tabs. */

import { eventsView } from './events/lab-events';
import type { View } from './view';
import { whyNotView } from './why-not/lab-why-not';

export const VIEWS: readonly View[] = [eventsView, whyNotView];
