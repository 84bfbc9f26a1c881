import { installHeaderWrites } from './install-header-writes';

installHeaderWrites({ replaceNative: false });
