import type { DocumentFacts, Facts } from '../../protocol/document-facts';
import type { ContainerAttributes } from '../../spec/permissions-policy/parse-allow-attribute';

/** Reads the facts of the document that it runs in. The content scripts call it for their own document. */
export function readFacts(): Facts {
  const attributesOf = (element: Element | null): ContainerAttributes | null => {
    if (element?.localName !== 'iframe') return null;
    const { allow, src, sandbox } = element as HTMLIFrameElement;
    const isSandboxed = element.hasAttribute('sandbox') && !sandbox.contains('allow-same-origin');
    return { allow, src, hasSrcdoc: element.hasAttribute('srcdoc'), isSandboxed };
  };
  const documents: DocumentFacts[] = [];
  let view: Window = self;
  for (let container: Element | null = null; ; view = view.parent) {
    const [navigation] = view.performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const marks = (navigation?.serverTiming ?? []).filter(({ name }) => name === 'shared-storage-lab');
    container = view.frameElement;
    documents.push({
      origin: view.origin,
      url: view.sharedStorageLabURL ?? view.document.URL,
      marks: marks.map(({ description }) => description),
      container: attributesOf(container),
    });
    if (!container) break;
  }
  const { parent } = view;
  let position: number | null = parent === view ? null : -1;
  for (let index = 0; position === -1 && index < parent.length; index++) if (parent[index] === view) position = index;
  return { documents, position };
}
