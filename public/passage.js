// The service worker tells the way out of here to the frame that the name was made for, and to no other.
const token = location.hash.slice(1);

// The frame has one load event, and it is not this document's: an open document is never done loading.
document.addEventListener('DOMContentLoaded', () => document.open());

/** Unanswered where the service worker is being stopped. */
const ask = (attempts) =>
  chrome.runtime
    .sendMessage({ to: 'passage', params: { token } })
    .catch(() => undefined)
    .then((answer) => answer ?? (attempts > 0 ? ask(attempts - 1) : undefined));

ask(20).then((answer) => {
  if (answer?.value) location.replace(answer.value);
});
