/** The views of the panel, in the order of their tabs. */

import { eventsView } from './events/lab-events';
import { storageView } from './storage/lab-storage';
import type { View } from './view';
import { whyNotView } from './why-not/lab-why-not';
import { workletsView } from './worklets/lab-worklets';

export const VIEWS: readonly View[] = [storageView, eventsView, workletsView, whyNotView];
