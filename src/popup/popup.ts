/** What the toolbar button opens; also in a tab of its own, about the tab that its address names. */

import './lab-popup';

void chrome.tabs.getCurrent().then((tab) => document.documentElement.classList.toggle('in-a-tab', tab !== undefined));
