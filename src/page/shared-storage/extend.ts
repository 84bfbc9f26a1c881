/**
 * What further scripts of the extension, which a setting brings along, need of the page's first one to give the interfaces more members. They ask
 * on the host, before any script of the page runs, and no script of the page ever has the host.
 */

import { EXTEND } from '../../protocol/page-channel';
import { addHostListener, eventDetail, request } from '../bridge/bridge-channel';
import type { Extend } from '../bridge/further-scripts';
import { problemOf, sharedStorageWorklet } from './shared-storage-worklet';

export function offerToFurtherScripts(): void {
  addHostListener(EXTEND, (event) => {
    const extend = eventDetail(event as CustomEvent<Extend>) as Extend;
    extend((object) => sharedStorageWorklet().stateOf(object), problemOf as Parameters<Extend>[1], request);
  });
}
