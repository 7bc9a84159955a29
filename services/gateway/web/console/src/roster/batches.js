// Cuts a roster into requests and keeps their order where it matters: a person who stands in the file twice.
//
// The first good row of a person counts, so a later one must know which earlier row was good. Therefore only one row of an
// ID number is under way at a time; a later one waits until the earlier is answered. All others go on meanwhile.

export const mostRows = 1000; // the schema's bound
const mostUnderWay = 4;

// As registration compares ID numbers.
const normalIdNumber = (written) => written.replace(/^[\s\u3000]+|[\s\u3000]+$/g, '').toUpperCase();

class Batches {
  #rows;
  #next = 0;
  #holders = new Map(); // ID number -> {isUnderWay, goodLine, aside: its later rows, in order}
  #free = []; // ID numbers with rows aside and nothing under way

  constructor(rows) {
    this.#rows = rows;
  }

  /** The next batch; empty when all that is left waits for answers, or nothing is left. */
  take() {
    const batch = [];
    while (this.#free.length > 0 && batch.length < mostRows) {
      const holder = this.#free.shift();
      holder.isUnderWay = true;
      batch.push(this.#informed(holder.aside.shift(), holder));
    }
    while (this.#next < this.#rows.length && batch.length < mostRows) {
      const row = this.#rows[this.#next++];
      const id = normalIdNumber(row.id_number);
      if (!id) {
        batch.push(row);
        continue;
      }
      const holder = this.#holderOf(id);
      if (holder.isUnderWay || holder.aside.length > 0) holder.aside.push(row);
      else {
        holder.isUnderWay = true;
        batch.push(this.#informed(row, holder));
      }
    }
    return batch;
  }

  answered(batch, errors) {
    const bad = new Set(errors.map((error) => error.line));
    for (const row of batch) {
      const id = normalIdNumber(row.id_number);
      if (!id) continue;
      const holder = this.#holderOf(id);
      holder.isUnderWay = false;
      if (!holder.goodLine && !bad.has(row.line)) holder.goodLine = row.line;
      if (holder.aside.length > 0) this.#free.push(holder);
    }
  }

  #holderOf(id) {
    let holder = this.#holders.get(id);
    if (!holder) this.#holders.set(id, (holder = { isUnderWay: false, goodLine: undefined, aside: [] }));
    return holder;
  }

  #informed(row, holder) {
    return holder.goodLine ? { ...row, earlier_line: holder.goodLine } : row;
  }
}

/**
 * Sends all rows through `send(rows)`, which resolves with registration's `{joined, unchanged, errors}` or throws; what
 * throws first ends the run. `onProgress(result)` after every answer.
 */
export async function sendAll(rows, send, onProgress = () => {}) {
  const batches = new Batches(rows);
  const result = { done: 0, joined: 0, unchanged: 0, errors: [] };
  const underWay = new Set();
  const begin = (batch) => {
    const one = send(batch).then((reply) => {
      underWay.delete(one);
      batches.answered(batch, reply.errors);
      result.done += batch.length;
      result.joined += reply.joined;
      result.unchanged += reply.unchanged;
      result.errors.push(...reply.errors);
      onProgress(result);
    });
    underWay.add(one);
  };
  for (;;) {
    while (underWay.size < mostUnderWay) {
      const batch = batches.take();
      if (batch.length === 0) break;
      begin(batch);
    }
    if (underWay.size === 0) return result;
    await Promise.race(underWay);
  }
}
