/**
 * The panel, in the developer tools and as a page of its own: `panel.html?tab=ID`. A second parameter, `view`, names the view that is
 * shown first.
 */

import { text } from '../components/text';
import './lab-panel';

document.title = text('panelTitle');
// The developer tools may be dark where the system is light, and the other way round.
if (chrome.devtools) document.documentElement.style.colorScheme = chrome.devtools.panels.themeName === 'dark' ? 'dark' : 'light';
