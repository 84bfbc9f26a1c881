/** The options page: `src/options/index.html#PART`. */

import { text } from '../components/text';
import './lab-options';

document.title = text('optionsTitle');
