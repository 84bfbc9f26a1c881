const support = document.getElementById('support');
const present = 'sharedStorage' in window;
support.dataset.present = String(present);
support.textContent = present ? '✓ window.sharedStorage is here' : 'window.sharedStorage is missing: load the Shared Storage Lab extension';
