/** Of the document itself; one without a URL of its own has its creator's policies. */
interface ElementPolicies {
  readonly elements: readonly string[];
  readonly url: string;
}

/** The policies of the document's `meta` elements: elsewhere than in the head they are none. */
export function readElements(): ElementPolicies {
  let view: Window = self;
  while (/^about:/.test(view.document.URL) && view.parent !== view) view = view.parent;
  const elements = view.document.querySelectorAll<HTMLMetaElement>('head > meta[http-equiv="content-security-policy" i]');
  // The page may have changed its address since: its header came from the one that it was loaded from.
  return { elements: [...elements].map(({ content }) => content), url: view.sharedStorageLabURL ?? view.document.URL };
}

/** What the document's header says, as far as it concerns frames. */
export interface EmbedderHeaders {
  readonly enforced: string;
  readonly reporting: string;
  readonly permissionsPolicy: string;
  readonly featurePolicy: string;
  readonly embedderPolicy: string;
}

/** From the HTTP cache where it is there. */
export async function readHeaders(url: string): Promise<EmbedderHeaders> {
  // What cannot be read once more is taken for no policy.
  const response = await fetch(url, { cache: 'force-cache', credentials: 'include' }).catch(() => null);
  await response?.body?.cancel();
  const header = (name: string) => response?.headers.get(name) ?? '';
  return {
    enforced: header('Content-Security-Policy'),
    reporting: header('Content-Security-Policy-Report-Only'),
    permissionsPolicy: header('Permissions-Policy'),
    featurePolicy: header('Feature-Policy'),
    embedderPolicy: header('Cross-Origin-Embedder-Policy'),
  };
}
