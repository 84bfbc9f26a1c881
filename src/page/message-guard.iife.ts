import { installMessageGuard } from './message-guard';

installMessageGuard();
