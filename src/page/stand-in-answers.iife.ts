/**
 * Injected into documents with fenced frames, before anything stands in for one: so it captures what is there by then. Whatever a page has
 * made of that, it can fool itself alone about the boxes of its own elements.
 */

import { answerForStandIns } from './fenced-frames/stand-in-answers';

answerForStandIns();
