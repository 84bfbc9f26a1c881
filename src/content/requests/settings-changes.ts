/** What was allowed once is allowed until a setting changes. Who listens already is not added twice. */
export const hearOfSettings = (changed: () => void): void => chrome.storage.local.onChanged.addListener(changed);
