// The isolated world: fetches modules, and passes everything else on.
{
  let port;
  let created;
  let collected = [];
  const connect = () => {
    const opened = chrome.runtime.connect({ name: 'document' });
    opened.onMessage.addListener((message) => {
      if (message.log !== undefined) console.log('[shared storage worklet: floor]', message.log);
      else dispatchEvent(new CustomEvent('floor-answer', { detail: message.id }));
    });
    opened.onDisconnect.addListener(() => {
      void chrome.runtime.lastError;
      if (port === opened) port = null;
    });
    return opened;
  };
  const load = async ({ id, url }) => {
    created = chrome.runtime.sendMessage({ type: 'create' });
    port ??= connect();
    const response = await fetch(url);
    const text = await response.text();
    // The first one of all: nobody was there to connect to.
    if (!port) {
      await created;
      port = connect();
    }
    port.postMessage({ type: 'load', id, text });
  };
  const flush = () => {
    const requests = collected;
    collected = [];
    chrome.runtime.sendMessage({ type: 'requests', requests });
  };
  addEventListener('floor', ({ detail }) => {
    if (detail.type === 'load') load(detail);
    else if (collected.push(detail) === 1) queueMicrotask(flush);
  });
}
