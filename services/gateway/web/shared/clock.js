// The gateway's clock, as far as its answers tell it: seats open by that clock, not by the phone's.
// An answer that was asked at `asked` and came at `came` carries a Date cut to the second, so that
//   date - came < gateway - phone < date + 1 s - asked
// and each answer narrows the bounds. All in milliseconds. The lower one counts: a button that shows a moment too late costs
// that moment, one that shows too early costs the tap.
let atLeast = -Infinity;
let atMost = Infinity;

export function noteDate(date, asked, came) {
  const told = Date.parse(date ?? '');
  if (Number.isNaN(told)) return;
  const [low, high] = [told - came, told + 1000 - asked];
  // Bounds that contradict the earlier ones mean that a clock was set: begin anew.
  if (low > atMost || high < atLeast) [atLeast, atMost] = [low, high];
  else [atLeast, atMost] = [Math.max(atLeast, low), Math.min(atMost, high)];
}

export function gatewayNow() {
  return Date.now() + (Number.isFinite(atLeast) ? atLeast : 0);
}
