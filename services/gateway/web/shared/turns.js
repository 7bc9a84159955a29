// What people do on a page, one after the other: a tap while something else is under way waits for it, and the second tap on
// the same thing does nothing.
export function turns() {
  const wanted = new Set();
  let last = Promise.resolve();
  // `work` reports its own failures. Whether it was done: false for a second tap.
  return (what, work) => {
    if (wanted.has(what)) return Promise.resolve(false);
    wanted.add(what);
    last = last.then(work).finally(() => wanted.delete(what));
    return last;
  };
}
