/** Runs in a document to show that it is there. */
export const isThere = (): true => true;
