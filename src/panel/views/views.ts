/** The views of the panel, in the order of their tabs. */

import { eventsView } from './events/lab-events';
import { headerWritesView } from './header-writes/lab-header-writes';
import { isolationView } from './isolation/lab-isolation';
import { reportsView } from './reports/lab-reports';
import { selectURLView } from './select-url/lab-select-url';
import { storageView } from './storage/lab-storage';
import type { View } from './view';
import { whyNotView } from './why-not/lab-why-not';
import { workletsView } from './worklets/lab-worklets';

export const VIEWS: readonly View[] = [
  storageView,
  eventsView,
  workletsView,
  selectURLView,
  reportsView,
  headerWritesView,
  isolationView,
  whyNotView,
];
