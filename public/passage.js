// The service worker has left the URL under a name that it tells nobody but the frame.
const name = `passage ${location.hash.slice(1)}`;

// The frame has one load event, and it is not this document's: an open document is never done loading.
document.addEventListener('DOMContentLoaded', () => document.open());

chrome.storage.session.get(name).then(({ [name]: url }) => {
  if (url) location.replace(url);
});
