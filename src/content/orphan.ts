/** Whether the extension was reloaded, updated or removed since: then this script is left over, and has none any more. */
export const isOrphan = (): boolean => !chrome.runtime?.id;
