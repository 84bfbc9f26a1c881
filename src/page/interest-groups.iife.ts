/** Registered while the setting `interestGroups` is true. */

import { installInterestGroups } from './interest-groups/install-interest-groups';

installInterestGroups();
