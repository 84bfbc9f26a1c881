import { installHeaderWrites } from './header-writes/install-header-writes';

installHeaderWrites({ replaceNative: false });
