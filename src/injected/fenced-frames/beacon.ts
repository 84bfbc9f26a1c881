/** One report of an event: from the document's origin, without credentials. It goes out once, however often it is asked for by the same name. */
export function sendBeacon(url: string, data: string, name: string): void {
  self.sharedStorageLabBeacons ??= new Set();
  if (self.sharedStorageLabBeacons.has(name)) return;
  self.sharedStorageLabBeacons.add(name);
  const headers = { 'Content-Type': 'text/plain;charset=UTF-8' };
  // Nobody reads the answer, and a server that allows no reading gets the report all the same.
  fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'omit', keepalive: data.length < 60_000, headers, body: data }).catch(
    () => undefined,
  );
}
