/** The table of the calls of selectURL(), and how it says what came of one. */

import { formatNumber } from '../../../components/format';
import type { Column } from '../../../components/table/columns';
import { type TextName, text } from '../../../components/text';
import type { ShownSelection } from '../../../protocol/extension-pages/select-url';
import type { HowSelected } from '../../../spec/select-url';
import { timeColumn } from '../time-column';

const HOW: Readonly<Record<HowSelected, TextName>> = {
  returned: 'howReturned',
  'out of range': 'howOutOfRange',
  failed: 'howFailed',
  'no budget': 'howNoBudget',
  forced: 'howForced',
};

const SHORT = { page: 'shortPage', sitePage: 'shortSitePage', siteDaily: 'shortSiteDaily' } as const;

/** Without the stack of an error. */
const firstLine = (reason: string): string => reason.split('\n', 1)[0] as string;

/** Why it is this URL. */
export function howOf({ account, result, isSettled }: ShownSelection): string {
  if (!isSettled) return text('howPending');
  if (!result) return text('howHidden');
  if (!account) return result.reason ?? text('howReturned');
  const { how, isSaved, short } = account;
  if (how === 'no budget' && short) return `${text(HOW[how])}: ${text(SHORT[short])}`;
  if (how === 'failed') return `${text(HOW[how])}: ${firstLine(result.reason ?? '')}`;
  const said = isSaved ? `${text(HOW[how])}, ${text('howSaved')}` : text(HOW[how]);
  // The setting names an index that the call has not.
  return how === 'returned' && result.reason !== null ? `${said} (${result.reason})` : said;
}

const wonBy = ({ result, urls }: ShownSelection): string => (result ? (urls[result.index] ?? '') : '');
const indexOf = ({ result, urls }: ShownSelection): string =>
  result ? text('indexOf', formatNumber(result.index), formatNumber(urls.length)) : '';

/** Which frames show it, or that none does. */
export function framesOf({ frames }: ShownSelection): string {
  if (frames.length === 0) return text('noFrame');
  return frames.map(({ frameId, isFenced }) => text(isFenced ? 'fencedFrameNumber' : 'frameNumber', frameId)).join(', ');
}

export const COLUMNS: readonly Column<ShownSelection>[] = [
  timeColumn(({ time }) => time),
  {
    id: 'operation',
    title: text('columnOperation'),
    track: 'minmax(7rem, 1fr)',
    isSortable: true,
    sortBy: ({ operation }) => operation,
    show: ({ operation }) => operation,
    whole: ({ operation, dataOrigin }) => `${operation} (${dataOrigin})`,
  },
  {
    id: 'index',
    title: text('columnIndex'),
    track: '5rem',
    isSortable: true,
    sortBy: ({ result }) => result?.index ?? -1,
    show: indexOf,
  },
  { id: 'url', title: text('columnURL'), track: 'minmax(9rem, 3fr)', isSortable: true, sortBy: wonBy, show: wonBy, whole: wonBy },
  { id: 'how', title: text('columnHow'), track: 'minmax(9rem, 2fr)', isSortable: true, sortBy: howOf, show: howOf, whole: howOf },
  {
    id: 'frames',
    title: text('columnFrames'),
    track: 'minmax(7rem, 1fr)',
    isMinor: true,
    show: framesOf,
    whole: framesOf,
  },
];
