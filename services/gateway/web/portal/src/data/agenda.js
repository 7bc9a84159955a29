// What a person's seats and evenings amount to in a calendar.

// One entry per session of the classes in which there is a seat; `state` tells other places apart.
export function sessionsOf(enrollments) {
  return enrollments.flatMap((enrollment) =>
    (enrollment.sessions ?? []).map((session, place) => ({
      ...enrollment,
      ...session,
      id: `${enrollment.class_id}-${place + 1}`,
      to: `/courses/${enrollment.campaign_id}`,
      kind: 'class',
    })),
  );
}

// `places`: [{evening, mine}] as matchmaking answers.
export function eveningsOf(places) {
  return places
    .filter(({ mine }) => mine.state !== 'none')
    .map(({ evening, mine }) => ({
      ...evening,
      id: evening.evening_id,
      state: mine.state,
      to: `/evenings/${evening.evening_id}`,
      kind: 'evening',
    }));
}

export const byTime = (one, other) => Date.parse(one.starts_at) - Date.parse(other.starts_at);

export function upcoming(enrollments, now) {
  const held = enrollments.filter(({ state }) => state === 'taken');
  return sessionsOf(held)
    .filter(({ ends_at }) => Date.parse(ends_at) > now)
    .sort(byTime);
}
