import type { ContainerAttributes } from '../../spec/permissions-policy/parse-allow-attribute';

/**
 * The element of the frame at `position` among the document's frames; or, for one in a shadow tree (-1), all iframes in shadow trees.
 * Empty where no policy is on any of them.
 */
export function readContainers(position: number): ContainerAttributes[] {
  const elements: HTMLIFrameElement[] = [];
  const collect = (root: ParentNode, isShadowTree: boolean) => {
    if (position !== -1 || isShadowTree) elements.push(...root.querySelectorAll('iframe'));
    if (position !== -1) return;
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      // The browser hands closed shadow roots to extensions, and throws for elements that cannot have one.
      const shadow = element instanceof HTMLElement ? chrome.dom.openOrClosedShadowRoot(element) : null;
      if (shadow) collect(shadow, true);
    }
  };
  collect(document, false);
  if (!elements.some(({ allow }) => /shared-storage|private-aggregation|join-ad-interest-group|fenced-unpartitioned/.test(allow)))
    return [];
  const asked = position === -1 ? elements : elements.filter(({ contentWindow }) => contentWindow === self[position]);
  return asked.map((element) => {
    const { allow, src, sandbox } = element;
    const isSandboxed = element.hasAttribute('sandbox') && !sandbox.contains('allow-same-origin');
    return { allow, src, hasSrcdoc: element.hasAttribute('srcdoc'), isSandboxed };
  });
}
