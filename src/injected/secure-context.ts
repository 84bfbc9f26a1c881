/** Whether the browser takes the document for a secure context: an ancestor that is none makes it none. */
export const readIsSecureContext = (): boolean => self.isSecureContext;
