import { install } from './install';

install({ replaceNative: false });
