/** The views of the panel, in the order of their tabs. */

import { eventsView } from './events/lab-events';
import type { View } from './view';

export const VIEWS: readonly View[] = [eventsView];
