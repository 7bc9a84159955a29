// One followed source, as a state machine without I/O: hints from the bus in, events to apply and questions to ask out
// (PROTOCOL.md, section 7). The bus may lose, double and delay; the order of application is that of the owner's log.
import { NO_CHAIN, nextChain } from './wire.js';

const WAITING_HINTS = 16_384; // that wait for pages; past them a page brings the others
export const PAGE_BYTES = 2 * 1024 * 1024;
export const PAGE_PATIENCE = 2000; // ms; what has not been answered by then is asked again

const same = (one, other) => Buffer.compare(one, other) === 0;

export class Follower {
  knownHead = 0;
  diverged = false; // the owner's log is another, and it is not yet known where they part
  #heard = false; // anything at all since the start
  #doubtful = false; // something that only a fresh page explains
  #asked = null; // { id, afterSeq }; without afterSeq: where the cursor stands
  #askAgain = 0;
  #kept = []; // { seq, record }: hints behind a gap

  /** `evolvedUntil`: up to here events are evolved without reactions. */
  constructor(source, cursor = { epoch: 1, seq: 0, chain: NO_CHAIN }, evolvedUntil = 0) {
    this.source = source;
    [, this.service, this.partition] = source.split('/');
    this.partition = Number(this.partition);
    this.cursor = cursor;
    this.evolvedUntil = evolvedUntil;
  }

  get rebuilding() {
    return this.cursor.seq < this.evolvedUntil;
  }

  get level() {
    return this.#heard && !this.diverged && !this.rebuilding && this.cursor.seq >= this.knownHead;
  }

  /** 'apply', 'duplicate' or 'later'. */
  judge(epoch, seq, isFromBus) {
    this.#heard = true;
    if (isFromBus && epoch !== this.cursor.epoch) {
      if (epoch < this.cursor.epoch) return 'duplicate'; // late, and its history may be void
      this.#doubtful = true;
      return 'later';
    }
    this.knownHead = Math.max(this.knownHead, seq);
    if (this.diverged) return 'later';
    if (seq <= this.cursor.seq) return 'duplicate';
    return seq === this.cursor.seq + 1 ? 'apply' : 'later';
  }

  keep(seq, record) {
    const last = this.#kept.at(-1);
    if ((!last || seq === last.seq + 1) && this.#kept.length < WAITING_HINTS) this.#kept.push({ seq, record });
  }

  takeKept() {
    while (this.#kept.length > 0 && this.#kept[0].seq <= this.cursor.seq) this.#kept.shift();
    return this.#kept[0]?.seq === this.cursor.seq + 1 ? this.#kept.shift().record : null;
  }

  /** Whether it was applied, skipped or parked. */
  applied(record) {
    const { epoch, seq, chain } = this.cursor;
    this.cursor = { epoch, seq: seq + 1, chain: nextChain(chain, record) };
  }

  onBeacon(head) {
    this.#heard = true;
    const isSameEpoch = head.epoch === this.cursor.epoch;
    const isSamePlace = head.seq === this.cursor.seq && same(head.chain, this.cursor.chain);
    if (isSameEpoch) this.knownHead = Math.max(this.knownHead, head.seq);
    if (isSamePlace && !this.rebuilding) return this.#enter(head.epoch);
    // Behind us: an old beacon that pages have overtaken, or a source that lost its end. A fresh page tells.
    if (!isSameEpoch || (!isSamePlace && head.seq <= this.cursor.seq)) this.#doubtful = true;
    return undefined;
  }

  /** Whether a page { afterSeq, from, records, head } goes on from what was applied. */
  fits({ afterSeq, from, records, head }) {
    if (afterSeq > this.cursor.seq) return true; // nothing of it is next: it says nothing about the cursor
    const isAnotherHead = head.seq === this.cursor.seq && !same(head.chain, this.cursor.chain);
    if (isAnotherHead || !from) {
      this.diverged = isAnotherHead || head.seq < afterSeq;
      return !this.diverged;
    }
    let chain = from;
    let seq = afterSeq;
    for (const record of records) {
      if (seq === this.cursor.seq) break;
      chain = nextChain(chain, record);
      seq += 1;
    }
    this.diverged = seq === this.cursor.seq && !same(chain, this.cursor.chain);
    return !this.diverged;
  }

  /** After a page's records. */
  onPageHead(head) {
    this.#heard = true;
    this.#doubtful = false;
    // The goal of a rebuild belongs to a history that has changed once more.
    if (this.rebuilding && (head.epoch !== this.cursor.epoch || head.seq < this.evolvedUntil)) this.diverged = true;
    if (this.diverged) this.#kept = [];
    else this.#enter(head.epoch);
    this.knownHead = Math.max(head.seq, this.#kept.at(-1)?.seq ?? 0);
  }

  // What was heard of an earlier epoch says nothing of this one.
  #enter(epoch) {
    if (epoch === this.cursor.epoch) return;
    this.cursor = { ...this.cursor, epoch };
    this.#kept = [];
    this.knownHead = this.cursor.seq;
  }

  /** The owner's log contains the cursor after all. */
  goOn(epoch, kept) {
    this.diverged = false;
    this.#doubtful = true;
    this.#enter(epoch);
    this.evolvedUntil = Math.min(this.evolvedUntil, kept);
  }

  /** From the first record again; reactions only beyond `until`. */
  rebuild(epoch, until) {
    this.cursor = { epoch, seq: 0, chain: NO_CHAIN };
    this.evolvedUntil = until;
    this.diverged = false;
    this.#doubtful = true;
    this.#asked = null;
    this.#askAgain = 0;
    this.#kept = [];
  }

  // --- questions to the owner ---

  wantsAnswer(at) {
    const isBehind = !this.#heard || this.#doubtful || this.rebuilding || this.cursor.seq < this.knownHead;
    return at >= this.#askAgain && (this.diverged || isBehind);
  }

  asked(question) {
    this.#asked = question;
    this.#askAgain = performance.now() + PAGE_PATIENCE;
  }

  /** What was asked under this id, if that is the answer awaited. */
  answered(id) {
    if (this.#asked === null || !same(this.#asked.id, id)) return null;
    const question = this.#asked;
    this.#asked = null;
    this.#askAgain = 0;
    return question;
  }

  putOff(milliseconds) {
    this.#askAgain = performance.now() + milliseconds;
  }
}
