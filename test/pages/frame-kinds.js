// What the first script in each frame finds; it reports to the top window, or to the opener.
const FIRST = `const report = { kind: KIND, found: typeof sharedStorage, secure: isSecureContext, origin: self.origin };
  const target = self.opener ?? self.top;
  const send = (more) => target.postMessage({ ...report, ...more }, '*');
  self.sharedStorage ? sharedStorage.append('frames', KIND + ';').then(() => send({ write: 'ok' }), (error) => send({ write: error.name })) : send({});`;
const script = (kind) => FIRST.replaceAll('KIND', JSON.stringify(kind));
const html = (kind) => `<!doctype html><script>${script(kind)}</script>`;
const crossSite = new URLSearchParams(location.search).get('cross-site');

const reports = new Map();
addEventListener('message', ({ data }) => {
  if (!data?.kind) return;
  reports.set(data.kind, data);
  document.querySelector('#table').insertRow().textContent = JSON.stringify(data);
});

function frame(name, properties) {
  const element = document.createElement(name);
  Object.assign(element, properties);
  document.body.append(element);
  return element;
}

function insertScript(document, kind) {
  const element = document.createElement('script');
  element.textContent = script(kind);
  document.body.append(element);
}

const served = (kind, type = '.html') => `/first-script${type}?kind=${encodeURIComponent(kind)}`;

const KINDS = {
  'http, same origin': (kind) => frame('iframe', { src: served(kind) }),
  'http, cross site': (kind) => frame('iframe', { src: `${crossSite}${served(kind)}` }),
  srcdoc: (kind) => frame('iframe', { srcdoc: html(kind) }),
  'about:blank': (kind) => insertScript(frame('iframe', {}).contentDocument, kind),
  'about:blank, cross site parent': (kind) => frame('iframe', { src: `${crossSite}/blank-inside.html?kind=${encodeURIComponent(kind)}` }),
  'blob:': (kind) => frame('iframe', { src: URL.createObjectURL(new Blob([html(kind)], { type: 'text/html' })) }),
  'data:': (kind) => frame('iframe', { src: `data:text/html,${encodeURIComponent(html(kind))}` }),
  sandboxed: (kind) => frame('iframe', { sandbox: 'allow-scripts', src: served(kind) }),
  'sandboxed, allow-same-origin': (kind) => frame('iframe', { sandbox: 'allow-scripts allow-same-origin', src: served(kind) }),
  'sandboxed srcdoc': (kind) => frame('iframe', { sandbox: 'allow-scripts', srcdoc: html(kind) }),
  object: (kind) => frame('object', { type: 'text/html', data: served(kind) }),
  embed: (kind) => frame('embed', { type: 'text/html', src: served(kind) }),
  svg: (kind) => frame('iframe', { src: served(kind, '.svg') }),
  xhtml: (kind) => frame('iframe', { src: served(kind, '.xhtml') }),
  'javascript: result': (kind) => frame('iframe', { src: `javascript:${encodeURIComponent(JSON.stringify(html(kind)))}` }),
  'document.open()': (kind) => {
    const { contentDocument } = frame('iframe', {});
    contentDocument.open();
    contentDocument.write(html(kind));
    contentDocument.close();
  },
  'frame in a frame': (kind) => frame('iframe', { srcdoc: `<iframe src="${served(kind)}"></iframe>` }),
  popup: (kind) => open(served(kind)),
  'about:blank popup': (kind) => insertScript(open('about:blank').document, kind),
};

globalThis.openAll = () => {
  for (const [kind, make] of Object.entries(KINDS)) make(kind);
};
globalThis.results = () => ({ expected: Object.keys(KINDS), reports: Object.fromEntries(reports) });
