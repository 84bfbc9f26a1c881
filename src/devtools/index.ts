/** Adds the panel to the developer tools, once for each window of theirs. Nothing is loaded for it until it is opened. */

import { text } from '../components/text';

const { tabId } = chrome.devtools.inspectedWindow;
chrome.devtools.panels.create(text('panelTitle'), 'icons/icon-32.png', `panel.html?tab=${tabId}`);
