/** What the panel needs to know of a view. Each has a folder of its own here, and is named in views.ts. */

import type { TemplateResult } from 'lit';
import type { TextName } from '../../components/text';

export interface View {
  /** In addresses: `?view=…`. */
  readonly id: string;
  readonly title: TextName;
  /** For the tab that is inspected. */
  render(tabId: number): TemplateResult;
}
