/** Who has asked for something, in words: the names of the texts. */

export const SCOPES = { window: 'scopeWindow', worklet: 'scopeWorklet', header: 'scopeHeader', background: 'scopeBackground' } as const;
