// How fast seats go: what the board draws, from what it was told and when.

const windowMs = 5000; // over which a rate is taken
const most = 600; // points kept: ten minutes of seconds

export class Pace {
  points = []; // {at, taken, waiting}, at most one a second

  /** Totals of all classes at a moment, in milliseconds. */
  add(at, { taken, waiting }) {
    const last = this.points.at(-1);
    if (last && at - last.at < 1000) Object.assign(last, { taken, waiting });
    else this.points.push({ at, taken, waiting });
    if (this.points.length > most) this.points.shift();
  }

  /** Seats and places in line given per second, lately. */
  rate(now) {
    const last = this.points.at(-1);
    const first = this.points.find(({ at }) => at >= now - windowMs) ?? last;
    if (!last || now - first.at < 500) return 0;
    return Math.max(0, (last.taken + last.waiting - first.taken - first.waiting) / ((now - first.at) / 1000));
  }

  /** The rate of every second that is kept: [[at, rate]]. */
  rates() {
    return this.points.slice(1).map((point, index) => {
      const before = this.points[index];
      const gained = point.taken + point.waiting - before.taken - before.waiting;
      return [point.at, Math.max(0, gained / ((point.at - before.at) / 1000))];
    });
  }
}
