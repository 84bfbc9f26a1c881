/** Elements for what is stored and logged: all of it comes from pages, so it is only ever set as text. */

export function byId<Name extends keyof HTMLElementTagNameMap>(id: string, name: Name): HTMLElementTagNameMap[Name] {
  const element = document.getElementById(id);
  if (element?.localName !== name) throw new Error(`The page has no <${name} id="${id}">.`);
  return element as HTMLElementTagNameMap[Name];
}

type Child = Node | string;

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: { readonly class?: string; readonly title?: string },
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

export function button(label: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', {}, label);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}

/** Puts the rows in place of those that the table has, if they say anything else. */
export function showRows(table: HTMLTableElement, rows: readonly HTMLTableRowElement[]): void {
  const [body] = table.tBodies;
  if (!body) return;
  const isSame = body.rows.length === rows.length && rows.every((row, index) => body.rows[index]?.outerHTML === row.outerHTML);
  if (!isSame) body.replaceChildren(...rows);
}
