/** Marks documents whose server asks for a keying of their agent cluster, so that the map of a tab can say so (protocol/isolation.ts). */

import { ISOLATION_MARK } from '../protocol/isolation';
import { DOCUMENTS, type Rule } from './rule';

type HeaderInfo = NonNullable<Rule['condition']['responseHeaders']>[number];

const ruleFor = (header: HeaderInfo, description: string, index: number): Rule => ({
  id: index + 1,
  condition: { resourceTypes: DOCUMENTS, responseHeaders: [header] },
  action: {
    type: 'modifyHeaders',
    responseHeaders: [{ header: 'Server-Timing', operation: 'append', value: `${ISOLATION_MARK};desc="${description}"` }],
  },
});

export const originIsolation: readonly Rule[] = [
  ruleFor({ header: 'origin-agent-cluster', values: ['\\?1', '\\?1;*'] }, 'server ?1', 0),
  ruleFor({ header: 'origin-agent-cluster', values: ['\\?0', '\\?0;*'] }, 'server ?0', 1),
  ruleFor({ header: 'origin-policy' }, 'origin-policy header', 2),
];
