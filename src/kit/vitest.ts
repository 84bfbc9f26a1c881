/** For Vitest: `import 'shared-storage-lab/vitest'`, or name it in `setupFiles`, and its `expect` has the kit's matchers, with their types. */

import { expect } from 'vitest';
import { matchers } from './matchers';
import type { Contribution } from './report';
import type { WaitOptions } from './waiting';

export * from './public-types';

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: an interface is only added to where its parameters are the same
  interface Matchers<T = any> {
    /** Passes once the origin has an entry with this key and, where one is given, this value. */
    toHaveSharedStorageEntry(origin: string, key: string, value?: string, options?: WaitOptions): Promise<void>;
    /** Passes once an operation of the origin has made a contribution like this one. */
    toHaveContributed(origin: string, contribution?: Partial<Contribution>, options?: WaitOptions): Promise<void>;
  }
}

expect.extend(matchers);

export { expect };
