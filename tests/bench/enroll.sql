-- Enrolling as a database alone does it: the same promises as training's `enroll`, but for eligibility, caps and
-- clashes of time, which it does not look at. One transaction each: the answer under the request's id (its first answer again),
-- capacity, duplicate, the event. `outbox` is read by the relay of it_stack.

CREATE TABLE members (person_id uuid PRIMARY KEY, organisation_id uuid NOT NULL, active boolean NOT NULL);
CREATE TABLE classes (
    class_id uuid PRIMARY KEY,
    capacity integer NOT NULL,
    taken    integer NOT NULL DEFAULT 0,
    waiting  integer NOT NULL DEFAULT 0
) WITH (fillfactor = 50);  -- room for updates in the page, without touching the index
CREATE TABLE enrollments (
    person_id uuid NOT NULL,
    class_id  uuid NOT NULL,
    state     smallint NOT NULL,  -- 1 taken, 3 waiting
    number    integer NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (person_id, class_id)
);
CREATE UNIQUE INDEX ON enrollments (class_id, state, number);
CREATE TABLE answers (request_id uuid PRIMARY KEY, reply text NOT NULL, at timestamptz NOT NULL);
CREATE TABLE outbox (
    seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    type      text NOT NULL,
    person_id uuid NOT NULL,
    class_id  uuid NOT NULL,
    at        timestamptz NOT NULL,
    cause     uuid NOT NULL
);

-- What both ways of one attempt at a time have in common: writes down what was decided.
CREATE FUNCTION record(request uuid, person uuid, wanted uuid, is_seat boolean, place integer) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    answer text := CASE WHEN is_seat THEN 'taken' ELSE 'waiting ' || place END;
BEGIN
    INSERT INTO enrollments VALUES (person, wanted, CASE WHEN is_seat THEN 1 ELSE 3 END, place, now());
    INSERT INTO outbox (type, person_id, class_id, at, cause)
        VALUES (CASE WHEN is_seat THEN 'seat_taken' ELSE 'waitlisted' END, person, wanted, now(), request);
    INSERT INTO answers VALUES (request, answer, now());
    RETURN answer;
END $$;

-- Null: nothing speaks against it.
CREATE FUNCTION known_answer(request uuid, person uuid, wanted uuid) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    found_reply text;
BEGIN
    SELECT reply INTO found_reply FROM answers WHERE request_id = request;
    IF FOUND THEN RETURN found_reply; END IF;
    PERFORM 1 FROM members WHERE person_id = person AND active;
    IF NOT FOUND THEN RETURN 'not_a_member'; END IF;
    PERFORM 1 FROM enrollments WHERE person_id = person AND class_id = wanted;
    IF FOUND THEN RETURN 'already_enrolled'; END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION enroll_for_update(request uuid, person uuid, wanted uuid) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    class classes%ROWTYPE;
    known text;
BEGIN
    SELECT * INTO class FROM classes WHERE class_id = wanted FOR UPDATE;
    known := known_answer(request, person, wanted);
    IF known IS NOT NULL THEN RETURN known; END IF;
    IF class.taken < class.capacity THEN
        UPDATE classes SET taken = taken + 1 WHERE class_id = wanted;
        RETURN record(request, person, wanted, true, class.taken + 1);
    END IF;
    UPDATE classes SET waiting = waiting + 1 WHERE class_id = wanted;
    RETURN record(request, person, wanted, false, class.waiting + 1);
END $$;

-- The row is locked as late as can be.
CREATE FUNCTION enroll_conditional(request uuid, person uuid, wanted uuid) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    known text := known_answer(request, person, wanted);
    place integer;
BEGIN
    IF known IS NOT NULL THEN RETURN known; END IF;
    UPDATE classes SET taken = taken + 1 WHERE class_id = wanted AND taken < capacity RETURNING taken INTO place;
    IF FOUND THEN RETURN record(request, person, wanted, true, place); END IF;
    UPDATE classes SET waiting = waiting + 1 WHERE class_id = wanted RETURNING waiting INTO place;
    RETURN record(request, person, wanted, false, place);
END $$;

-- A worker's: many attempts at once, in sets. No two of one person for one class.
CREATE FUNCTION enroll_batch(requests uuid[], people uuid[], wanted uuid[]) RETURNS TABLE (request uuid, answer text)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM classes WHERE class_id = ANY (wanted) ORDER BY class_id FOR UPDATE;
    RETURN QUERY
    WITH asked AS (
        SELECT a.* FROM unnest(requests, people, wanted) WITH ORDINALITY AS a (request_id, person_id, class_id, n)
        JOIN members m ON m.person_id = a.person_id AND m.active
        WHERE NOT EXISTS (SELECT 1 FROM answers o WHERE o.request_id = a.request_id)
          AND NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.person_id = a.person_id AND e.class_id = a.class_id)
    ), placed AS (
        SELECT a.*, c.capacity, c.taken, c.waiting,
               c.taken + row_number() OVER (PARTITION BY a.class_id ORDER BY a.n) AS place
        FROM asked a JOIN classes c ON c.class_id = a.class_id
    ), decided AS (
        SELECT p.request_id, p.person_id, p.class_id, p.place <= p.capacity AS is_seat,
               (CASE WHEN p.place <= p.capacity THEN p.place
                     ELSE p.waiting + p.place - greatest(p.capacity, p.taken) END)::integer AS number
        FROM placed p
    ), enrolled AS (
        INSERT INTO enrollments
        SELECT d.person_id, d.class_id, CASE WHEN d.is_seat THEN 1 ELSE 3 END, d.number, now() FROM decided d
    ), counted AS (
        UPDATE classes c SET taken = c.taken + s.seats, waiting = c.waiting + s.others
        FROM (SELECT d.class_id, count(*) FILTER (WHERE d.is_seat) AS seats,
                     count(*) FILTER (WHERE NOT d.is_seat) AS others FROM decided d GROUP BY d.class_id) s
        WHERE c.class_id = s.class_id
    ), told AS (
        INSERT INTO outbox (type, person_id, class_id, at, cause)
        SELECT CASE WHEN d.is_seat THEN 'seat_taken' ELSE 'waitlisted' END, d.person_id, d.class_id, now(), d.request_id
        FROM decided d
    ), answered AS (
        INSERT INTO answers
        SELECT d.request_id, CASE WHEN d.is_seat THEN 'taken' ELSE 'waiting ' || d.number END, now() FROM decided d
        RETURNING answers.request_id, answers.reply
    )
    SELECT * FROM answered;
END $$;
