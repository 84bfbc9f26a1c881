/** Questions and answers in both directions of one port, which the other end may close at any time. */

/**
 * What is sent through the port: a question, its answer, a word about the question before it is answered, which has a number of its own, and that this
 * has been heard.
 */
type Sent =
  | readonly [kind: 'asked' | 'answered', id: number, content: unknown]
  | readonly [kind: 'told', id: number, word: unknown, wordId: number]
  | readonly [kind: 'heard', wordId: number];

/** Of `runtime.Port`, the browser's or the polyfill's. */
interface Port {
  postMessage(message: Sent): void;
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}

/** A MessagePort as one that is closed with another port. */
export const closedWith = (port: Pick<Port, 'onDisconnect'>, direct: MessagePort): Port => ({
  postMessage: (sent) => direct.postMessage(sent),
  onMessage: {
    addListener(listener) {
      direct.onmessage = ({ data }) => listener(data);
    },
  },
  onDisconnect: port.onDisconnect,
});

/** Tells the one who asks something before the answer; resolves once that one has heard it and will go by it, and never where it will not. */
export type Tell = (word: unknown) => Promise<void>;

/** Answers a question of the other end; undefined where it does not know the message. */
export type AnswerQuestion = (message: unknown, tell: Tell) => Promise<unknown> | undefined;

/** Hears what is told about a question before it is answered: returns whether it will go by that. */
export type Hear = (word: unknown) => boolean;

/** Resolves to the answer; to undefined where the port is closed before there is one. */
export type Ask = (message: unknown, hear?: Hear) => Promise<unknown>;

/** Takes questions from the port, and returns how to ask some. What is asked is sent before that returns. */
export function converse(port: Port, answerQuestion: AnswerQuestion): Ask {
  const asked = new Map<number, { readonly answered: (answer: unknown) => void; readonly hear: Hear }>();
  const told = new Map<number, () => void>();
  let lastId = 0;
  let isClosed = false;
  const send = (sent: Sent) => {
    if (!isClosed) port.postMessage(sent);
  };
  const beAsked = (id: number, message: unknown) => {
    const tell: Tell = (word) =>
      new Promise((heard) => {
        send(['told', id, word, ++lastId]);
        told.set(lastId, heard);
      });
    Promise.resolve(answerQuestion(message, tell))
      // Whoever asks tells from the answer that it has failed, and asks again or not.
      .catch(() => undefined)
      .then((answer) => send(['answered', id, answer]))
      // The other end has gone.
      .catch(() => undefined);
  };

  port.onMessage.addListener((received: unknown) => {
    if (!Array.isArray(received)) return;
    const [kind, id, content, wordId] = received;
    if (kind === 'asked') beAsked(id, content);
    // Whoever tells it waits for that; about what is asked elsewhere by now nobody may tell anything.
    else if (kind === 'told' && asked.get(id)?.hear(content)) send(['heard', wordId]);
    else if (kind === 'heard') {
      told.get(id)?.();
      told.delete(id);
    } else if (kind === 'answered') {
      asked.get(id)?.answered(content);
      asked.delete(id);
    }
  });
  port.onDisconnect.addListener(() => {
    isClosed = true;
    const unanswered = [...asked.values()];
    asked.clear();
    for (const { answered } of unanswered) answered(undefined);
  });
  return (message, hear = () => false) =>
    new Promise((answered, reject) => {
      if (isClosed) {
        answered(undefined);
        return;
      }
      try {
        send(['asked', ++lastId, message]);
        asked.set(lastId, { answered, hear });
      } catch (error) {
        // It cannot be cloned, or is too large.
        reject(error);
      }
    });
}
