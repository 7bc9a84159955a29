-- The second service's own database.
CREATE TABLE notifications (
    cause     uuid PRIMARY KEY,  -- the attempt that it is about: what comes twice is kept once
    person_id uuid NOT NULL,
    class_id  uuid NOT NULL,
    kind      text NOT NULL,
    at        timestamptz NOT NULL
);
CREATE INDEX ON notifications (person_id, at);
