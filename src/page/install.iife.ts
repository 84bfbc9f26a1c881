import { install } from './shared-storage/install';

install({ replaceNative: false });
