/** What a form sends to a URN by POST: a copy of the form sends it to where the URN leads, once that is decided. */

/** Of the moment when the form was submitted. */
export interface SentForm {
  readonly document: Document;
  readonly entries: FormData;
  readonly enctype: string;
  readonly charset: string;
}

const { submit } = HTMLFormElement.prototype;
const { getAttribute } = Element.prototype;

/** A field of a form stands for a member of its own by the same name. */
export const attributeOf = (form: Element, name: string): string | null => getAttribute.call(form, name);

/** `source`: the form, or the button that has submitted it. `entries`: where they are not known, the form says them, and hears `formdata`. */
export function sentBy(source: Element, entries?: FormData): SentForm {
  const submitter = source.localName === 'form' ? null : (source as HTMLButtonElement);
  const form = submitter?.form ?? (source as HTMLFormElement);
  const { ownerDocument } = source;
  return {
    document: ownerDocument,
    entries: entries ?? new FormData(form, submitter),
    enctype: submitter?.getAttribute('formenctype') ?? attributeOf(form, 'enctype') ?? '',
    charset: attributeOf(form, 'accept-charset') ?? ownerDocument.characterSet,
  };
}

/** `action`: stands for a URL, and does not name it, for the page's mutation observers hear that an element was there. */
export function sendForm({ document, entries, enctype, charset }: SentForm, action: string, target: string): void {
  const create = <Name extends 'div' | 'form' | 'input'>(name: Name) =>
    document.createElementNS('http://www.w3.org/1999/xhtml', name) as HTMLElementTagNameMap[Name];
  const form = create('form');
  // Before the form has inputs, whose names would stand for members of its own.
  for (const [name, value] of Object.entries({ method: 'post', action, enctype, 'accept-charset': charset, target }))
    form.setAttribute(name, value);
  const inputs = [...entries].map(([name, value]) => {
    const input = create('input');
    input.name = name;
    if (typeof value === 'string') {
      input.type = 'hidden';
      input.value = value;
    } else {
      const files = new DataTransfer();
      files.items.add(value);
      input.type = 'file';
      input.files = files.files;
    }
    return input;
  });
  const host = create('div');
  // What happens in there, no listener of the page's hears.
  host.attachShadow({ mode: 'closed' }).append(form);
  form.append(...inputs);
  document.documentElement.append(host);
  submit.call(form);
  host.remove();
}
