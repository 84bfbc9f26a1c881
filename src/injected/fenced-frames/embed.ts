/** Features that a fenced frame's document keeps. https://wicg.github.io/fenced-frame/#default-fenced-frame-permissions-policy */
type FeaturePolicyDocument = Document & { readonly featurePolicy?: { features(): string[] } };

/** Fills the element that the page handed over as the `frame`th with an iframe that shows `urn`; an empty URN shows nothing. */
export function embedFencedFrame(frame: number, urn: string): void {
  const host = self.sharedStorageLabHosts?.[frame - 1];
  // A custom element of the page's own gets at its closed shadow tree, by ElementInternals; one that is defined later does not.
  if (!host || host.matches(':defined')) return;
  self.sharedStorageLabFrames ??= new Map();
  const iframes = self.sharedStorageLabFrames;
  const existing = iframes.get(frame);
  if (iframes.size === 0) {
    const isFenced = (source: MessageEventSource | null) => {
      const windows = [...iframes.values()].map(({ contentWindow }) => contentWindow);
      for (let view = source as Window | null; view; view = view.parent) {
        if (windows.includes(view)) return true;
        if (view === view.parent) return false;
      }
      return false;
    };
    // Nothing that a fenced frame sends arrives.
    self.sharedStorageLabGuard = (event) => {
      if (isFenced(event.source)) event.stopImmediatePropagation();
    };
    // document.open() takes all listeners off the window: the page would hear what the frames say, should it put them into the document again.
    let isHeard = false;
    const probe = `shared-storage-lab-${crypto.randomUUID()}`;
    addEventListener(probe, () => {
      isHeard = true;
    });
    const withdraw = () => {
      isHeard = false;
      dispatchEvent(new Event(probe));
      if (!isHeard) for (const iframe of iframes.values()) iframe.remove();
    };
    new MutationObserver(withdraw).observe(document, { childList: true });
  }
  const iframe = document.createElement('iframe');
  iframe.setAttribute('credentialless', '');
  iframe.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms');
  const kept = ['attribution-reporting', 'private-aggregation', 'shared-storage', 'shared-storage-select-url'];
  const features = (document as FeaturePolicyDocument).featurePolicy?.features() ?? [];
  iframe.allow = features
    .filter((feature) => !kept.includes(feature))
    .map((feature) => `${feature} 'none'`)
    .join('; ');
  // The frame finds out by its name that it is fenced; nobody else knows it.
  iframe.name = urn;
  iframe.src = urn || 'about:blank';
  iframes.set(frame, iframe);
  if (existing) {
    // Whatever was done to the frame before, such as taking its network away, does not concern another config.
    existing.replaceWith(iframe);
    return;
  }
  const style = document.createElement('style');
  const shadow = host.attachShadow({ mode: 'closed' });
  shadow.append(style, iframe);

  const follow = () => {
    const element = host.parentElement;
    if (!element) return;
    host.toggleAttribute('measure', true);
    const { display, aspectRatio, minWidth, minHeight } = getComputedStyle(element);
    host.toggleAttribute('measure', false);
    const own = display === 'inline' || display === 'contents' ? 'inline-block' : display;
    // A replaced element has no minimum of its own that a ratio would have to respect.
    const isAutomatic = (minimum: string) => aspectRatio !== 'auto' && (minimum === 'auto' || minimum === '0px');
    const minimum = `${isAutomatic(minWidth) ? 'min-width: 0 !important;' : ''} ${isAutomatic(minHeight) ? 'min-height: 0 !important;' : ''}`;
    const text = `:host { all: inherit !important; display: ${own} !important; contain: size layout !important; overflow: clip !important; contain-intrinsic-size: 300px 150px !important; ${minimum} }
      iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; box-sizing: border-box; padding: inherit; color-scheme: inherit; }`;
    if (style.textContent !== text) style.textContent = text;
  };
  follow();
  const observer = new MutationObserver(follow);
  if (host.parentElement) observer.observe(host.parentElement, { attributes: true });
  addEventListener('resize', follow);
}
