// The tag that publishers embed. It runs in the publisher's page, so what it fetches from its own server is cross-origin.
(async () => {
  const script = document.currentScript;
  const home = new URL(script.src).origin;

  // Example 3: the answer's Shared-Storage-Write header writes for the server's own origin, with no frame and no script of that origin.
  let answer = { writable: false };
  try {
    answer = await (await fetch(`${home}/note`, { sharedStorageWritable: true })).json();
  } catch (error) {
    console.error('The note did not come:', error);
  }

  // Examples 1, 2 and 4 call the API, and a call writes for the origin of its document: that is why they live in the third party's frame.
  const card = document.createElement('iframe');
  card.title = 'Yardstick, a measurement company';
  const query = new URLSearchParams({ site: location.hostname, note: answer.note ?? '', header: answer.header ?? '' });
  if (answer.writable) query.set('writable', '');
  card.src = `${home}/card.html?${query}`;
  window.addEventListener('message', ({ source, data }) => {
    if (source === card.contentWindow && data?.height > 0) card.style.height = `${data.height}px`;
  });
  script.after(card);
})();
