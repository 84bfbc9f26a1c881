/**
 * What documents in a fenced frame must not do, with native Chromium's words. What a feature of permissions policy or the frame's sandbox forbids
 * with the same words is not here.
 */

import { toDOMString } from '../../webidl/conversions';
import { domException, failureOf } from '../../webidl/exceptions';
import { nativeFunction } from '../../webidl/native-function';
import {
  apply,
  bag,
  defineProperty,
  getOwnPropertyDescriptor,
  globalObject,
  Promise,
  Proxy,
  react,
  stringIndexOf,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { replaceMember, split, wrapMember } from './replace-member';

/** An interface, its operations, and what they are rejected with: a text with a colon first comes after what failed. */
type Forbidden = readonly [owner: string, operations: string, text: string, name?: string];

const SYNC = 'Background Sync is not allowed in fenced frames.';
const PERIODIC = `Periodic ${SYNC}`;

const FORBIDDEN: readonly Forbidden[] = [
  ['Navigator', 'getBattery', 'getBattery is not allowed in a fenced frame tree.'],
  ['Navigator', 'setAppBadge clearAppBadge', ': The badge API is not allowed in this context'],
  ['CredentialsContainer', 'get store create preventSilentAccess', 'The credential operation is not allowed in a fenced frame tree.'],
  [
    'Element',
    'requestPointerLock',
    ': Blocked pointer lock on an element because the element is contained in a fence frame tree.',
    'SecurityError',
  ],
  ['Document', 'browsingTopics', 'document.browsingTopics() is not allowed in a fenced frame.', 'InvalidAccessError'],
  ['SyncManager', 'register', `: ${SYNC}`],
  ['SyncManager', 'getTags', SYNC],
  ['PeriodicSyncManager', 'register', `: ${PERIODIC}`],
  ['PeriodicSyncManager', 'getTags unregister', PERIODIC],
  ['BackgroundFetchManager', 'fetch get getIds', ': backgroundFetch is not allowed in fenced frames.'],
  ['PushManager', 'subscribe', ': subscribe() is not allowed in fenced frames.'],
  ['ServiceWorkerRegistration', 'showNotification', ': showNotification() is not allowed in fenced frames.'],
  [
    'Window',
    'showOpenFilePicker showSaveFilePicker showDirectoryPicker',
    ": Cross origin sub frames aren't allowed to show a file picker.",
    'SecurityError',
  ],
];

const valueOf = (name: string): unknown => getOwnPropertyDescriptor(globalObject, name)?.value;

function prototypeOf(name: string): object | undefined {
  return name === 'Window' ? globalObject : (valueOf(name) as { prototype: object } | undefined)?.prototype;
}

function forbidOperations(): void {
  for (let index = 0; index < FORBIDDEN.length; index++) {
    const forbidden = FORBIDDEN[index] as Forbidden;
    const owner = forbidden[0];
    const text = forbidden[2];
    const operations = split(forbidden[1], ' ');
    for (let at = 0; at < operations.length; at++) {
      const operation = operations[at] as string;
      const failed = stringIndexOf(text, ':') === 0 ? failureOf(operation, owner) : '';
      const refuse = () => {
        throw domException(forbidden[3] ?? 'NotAllowedError', failed + text);
      };
      replaceMember(prototypeOf(owner), operation, refuse, true);
    }
  }
}

/** A constructor that always throws. */
function forbidConstructor(name: string, exception: string, text: string): void {
  const descriptor = getOwnPropertyDescriptor(globalObject, name);
  if (!descriptor) return;
  const refuse = () => {
    throw domException(exception, `Failed to construct '${name}': ${text}`);
  };
  const value = new Proxy(descriptor.value as object, bag({ construct: refuse }));
  defineProperty(globalObject, name, bag({ ...descriptor, value }));
  defineProperty((descriptor.value as { prototype: object }).prototype, 'constructor', bag({ value }));
}

/** Nobody sees a notification, whatever the origin may elsewhere. */
function forbidNotifications(): void {
  const descriptor = getOwnPropertyDescriptor(globalObject, 'Notification');
  const native = descriptor?.value as (new (...args: unknown[]) => object) | undefined;
  if (!descriptor || !native) return;
  replaceMember(native, 'permission', () => 'denied');
  replaceMember(native, 'requestPermission', async () => 'denied');
}

/** The domain of a document in a fenced frame is what it is. */
function forbidDomain(): void {
  const descriptor = getOwnPropertyDescriptor(Document.prototype, 'domain');
  if (!descriptor) return;
  const set = nativeFunction('set domain', 1, () => {
    throw domException(
      'SecurityError',
      "Failed to set the 'domain' property on 'Document': Assignment is forbidden in a fenced frame tree.",
    );
  });
  defineProperty(Document.prototype, 'domain', bag({ ...descriptor, set }) as PropertyDescriptor);
}

/**
 * What may be asked of somebody is denied beforehand. DEVIATION: so is what Chromium knows and has not enabled here (Web NFC, the light sensor), which
 * natively is an error there as elsewhere: the web-platform-tests ask for those among the others.
 */
function denyPermissions(): void {
  const disabled = new WeakMap<object, string>();
  replaceMember(prototypeOf('PermissionStatus'), 'state', () => 'denied');
  wrapMember(
    prototypeOf('PermissionStatus'),
    'name',
    (native, status) => weakMapGet(disabled, status as object) ?? apply(native, status, []),
  );
  wrapMember(prototypeOf('Permissions'), 'query', (native, permissions, args) => {
    const query = (given: ArrayLike<unknown>) => apply(native, permissions, given) as Promise<object>;
    return new Promise((resolve, reject) => {
      const answerForDisabled = (reason: unknown) => {
        const message = getOwnPropertyDescriptor(reason as object, 'message')?.value as string | undefined;
        if (stringIndexOf(message ?? '', 'is not enabled.') < 0) return reject(reason);
        const name = toDOMString((args[0] as { name: unknown }).name);
        const answered = (status: object) => {
          weakMapSet(disabled, status, name);
          resolve(status);
        };
        return react(query([bag({ name: 'accelerometer' })]), answered, reject);
      };
      react(query(args), resolve, answerForDisabled);
    });
  });
}

export function forbidAPIs(): void {
  forbidOperations();
  forbidConstructor('PresentationRequest', 'SecurityError', 'PresentationRequest is not supported in a fenced frame tree.');
  forbidNotifications();
  forbidDomain();
  replaceMember(prototypeOf('Navigator'), 'vibrate', () => false);
  denyPermissions();
  replaceMember(prototypeOf('PushManager'), 'permissionState', async () => 'denied');
}
