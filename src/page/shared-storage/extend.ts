/**
 * What further scripts of the extension, which a setting brings along, need of the page's first one to give the interfaces more members. They ask
 * through the isolated world, which alone has the port, before any script of the page runs.
 */

import { EXTEND } from '../../protocol/page-channel';
import { eventDetail, ownPort, request } from '../bridge/bridge-channel';
import { addEventListener } from '../bridge/dom';
import type { Extend } from '../bridge/further-scripts';
import { problemOf, sharedStorageWorklet } from './shared-storage-worklet';

export function offerToFurtherScripts(): void {
  addEventListener(ownPort, EXTEND, (event) => {
    const extend = eventDetail(event as CustomEvent<Extend>) as Extend;
    extend((object) => sharedStorageWorklet().stateOf(object), problemOf as Parameters<Extend>[1], request);
  });
}
