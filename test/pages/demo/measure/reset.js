// Only the third party's own origin can clear what it stored, so the start page embeds this frame.

document.getElementById('reset').addEventListener('click', async () => {
  const status = document.getElementById('status');
  try {
    await sharedStorage.clear();
    document.body.dataset.state = 'cleared';
    status.textContent = 'Cleared. The next visit is the first one again.';
  } catch (error) {
    document.body.dataset.state = 'failed';
    status.textContent = window.sharedStorage ? String(error) : 'This browser has no window.sharedStorage: is the extension loaded?';
  }
});
