// The service worker: makes the offscreen document, and keeps what is written before anybody sees it.
let opening;
let heard = () => undefined;

async function open() {
  const isHeard = new Promise((resolve) => {
    heard = resolve;
  });
  const made = chrome.offscreen.createDocument({ url: 'offscreen.html', reasons: ['WORKERS'], justification: 'Workers.' });
  await Promise.race([made, isHeard]);
}

const database = new Promise((resolve) => {
  const opened = indexedDB.open('floor', 1);
  opened.onupgradeneeded = () => opened.result.createObjectStore('journal', { autoIncrement: true });
  opened.onsuccess = () => resolve(opened.result);
});

async function keep(requests) {
  const transaction = (await database).transaction('journal', 'readwrite', { durability: 'relaxed' });
  transaction.objectStore('journal').add(requests);
  transaction.commit();
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
}

chrome.runtime.onMessage.addListener(({ type, requests }, _sender, answer) => {
  if (type === 'hello') heard();
  if (type === 'requests') keep(requests).then(() => chrome.runtime.sendMessage({ type: 'kept', requests }));
  if (type !== 'create') return false;
  opening ??= open();
  opening.then(() => answer(true));
  return true;
});
