import { installMessageGuard } from './isolation/message-guard';

installMessageGuard();
