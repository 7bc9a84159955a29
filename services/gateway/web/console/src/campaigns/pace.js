// How fast seats go: what the board draws, from the totals that it was told and when. They are told within a second of a
// change, so what came in is counted where it was told.

const windowSeconds = 5; // over which a rate is taken
export const shownSeconds = 120;

export class Pace {
  #last = null; // {taken, waiting}
  #gains = new Map(); // second -> how many enrolled in it

  /** Totals of all classes at a moment, in milliseconds. */
  add(at, { taken, waiting }) {
    const second = Math.floor(at / 1000);
    const gained = this.#last ? Math.max(0, taken + waiting - this.#last.taken - this.#last.waiting) : 0;
    this.#last = { taken, waiting };
    if (gained > 0) this.#gains.set(second, (this.#gains.get(second) ?? 0) + gained);
    for (const old of this.#gains.keys()) if (old < second - shownSeconds) this.#gains.delete(old);
  }

  /** Seats and places in line given per second, lately. */
  rate(now) {
    return this.perSecond(now).slice(-windowSeconds).reduce((all, one) => all + one, 0) / windowSeconds;
  }

  /** How many enrolled in each of the last seconds, the present one last. */
  perSecond(now) {
    const present = Math.floor(now / 1000);
    return Array.from({ length: shownSeconds }, (_, index) => this.#gains.get(present - shownSeconds + 1 + index) ?? 0);
  }
}
