"""What people do in a round: a campaign of small classes, an evening, applications, leavers; many want the same seat, some
come too early, change their mind, tap twice, or ask once more what they asked long ago."""

import datetime
import uuid

from gonghui import worker
from evening import PURPOSES
from generate import check_digit, organisation_code
from scene import Unexpected, command

MEMBERS, SINGLES = 24, 8
UNIONS = [organisation_code(f"81331083M0000000{number}") for number in (1, 2)]
QUERIES = {"training.my_enrollments"}
NOW, A_MOMENT, LONG = 0, 1, 600  # s that an offer stands; one of a moment lapses while something is down


def ask(kind, data, actor=None, after=None):
    return command(kind, data, actor, after), data


def accepted(reply):
    """Of what nothing but a fault could refuse."""
    if reply.outcome != "accepted":
        raise Unexpected(str(reply))
    return reply


class Town:
    """Who and what there is in one district, as far as its clients know."""

    def __init__(self, clients, chance):
        self.clients, self.chance = clients, chance
        self.city, self.district, self.course, self.early_campaign, self.early_class = (uuid.uuid4() for _ in range(5))
        self.unions = [uuid.uuid4() for _ in UNIONS]
        self.members, self.singles = [], []
        self.in_the_catalogue = None  # where training stood when it knew the course
        self.applicants = self.weeks = 0

    def founding(self):
        yield self.found(self.city, None, "city")
        yield self.found(self.district, self.city, "district")
        for union, code in zip(self.unions, UNIONS):
            reply = accepted((yield self.found(union, self.district, "union", code)))
        added = accepted((yield ask("training.add_course", {"course_id": self.course, "title_zh": "摄影",
                                                            "title_en": "Photography"})))
        self.in_the_catalogue = added.at
        yield self.plan(self.early_campaign, LONG, datetime.timedelta(days=1), reply.at)
        yield self.open(self.early_campaign, self.early_class, 1, datetime.timedelta(days=7))
        self.clients.start([self.joining(self.introducing if n < SINGLES else self.settling) for n in range(MEMBERS)])

    def found(self, organisation, parent, kind, code=None):
        data = {"organisation_id": organisation, "parent_id": parent, "kind": kind, "name": "试验总工会", "code": code}
        return ask("registration.found_organisation", {name: value for name, value in data.items() if value is not None})

    def joining(self, and_then):
        """An application and its approval; then whatever the new member does first."""
        application = uuid.uuid4()
        yield ask("registration.submit_application", {
            "application_id": application, "organisation_id": self.chance.choice(self.unions)} | self.applicant())
        reply = accepted((yield ask("registration.approve_application",
                                    {"application_id": application, "verification": "officer"})))
        yield from and_then(uuid.UUID(bytes=reply.data["person_id"]), reply.at)

    def applicant(self):
        """Synthetic: the region 330099 does not exist."""
        self.applicants += 1
        born = datetime.date(1980, 1, 1) + datetime.timedelta(days=self.applicants // 900)
        seventeen = f"330099{born:%Y%m%d}{100 + self.applicants % 900}"
        return {"name": "张安", "id_number": seventeen + check_digit(seventeen), "phone": f"139{self.applicants:08d}"}

    def settling(self, person, _):
        self.members.append(person)
        yield from ()

    def introducing(self, person, joined):
        """What it takes to be let in at an evening."""
        me = worker(person)
        yield ask("matchmaking.declare_single", {"declaration_id": uuid.uuid4(), "person_id": person, "statement": 1}, me,
                  after=joined)
        for purpose in PURPOSES:
            yield ask("matchmaking.give_consent", {"person_id": person, "purpose": purpose}, me)
        yield ask("matchmaking.publish_profile", {"person_id": person, "name": "张安", "contact": "13900000000",
                                                  "nickname": "夜校同学", "visible": ["nickname"]}, me)
        self.singles.append(person)

    # --- a round ---

    def round(self):
        """The scripts of one round."""
        leavers = self.chance.sample(self.members, 2)
        self.members = [one for one in self.members if one not in leavers]
        again = self.chance.sample(self.commands(), 12)
        return [self.campaign(leavers), self.evening(), *(self.asking_once_more(one) for one in again)]

    def commands(self):
        return [one for one in self.clients.history.values() if one.request.type not in QUERIES]

    def campaign(self, leavers):
        """Three classes, of which two are at the same hour; everybody may have one seat or two."""
        campaign, classes = uuid.uuid4(), [uuid.uuid4() for _ in range(3)]
        self.weeks += 1
        week = datetime.timedelta(weeks=self.weeks)
        yield self.plan(campaign, self.chance.choice([NOW, A_MOMENT, LONG]), datetime.timedelta(0))
        for class_id, hour in zip(classes, (0, 0, 2)):
            yield self.open(campaign, class_id, self.chance.randrange(1, 4), week + datetime.timedelta(hours=hour))
        newcomers = [self.joining(lambda person, joined: self.enrolling_at_once(campaign, classes, person, joined))
                     for _ in leavers]
        self.clients.start([*(self.wanting(campaign, classes, one) for one in self.members + leavers), *newcomers,
                            *(self.leaving(one) for one in leavers)])

    def plan(self, campaign, offer_seconds, opening_in, after=None):
        now = datetime.datetime.now(datetime.timezone.utc)
        return ask("training.plan_campaign", {
            "campaign_id": campaign, "organisation_id": self.district, "name_zh": "夜校", "name_en": "Evening school",
            "opens_at": now + opening_in, "closes_at": now + datetime.timedelta(days=5),
            "classes_per_person": self.chance.choice([1, 2]), "offer_seconds": offer_seconds}, after=after)

    def open(self, campaign, class_id, capacity, begins_in):
        # On the hour of a day, so that "at the same hour" is what it says.
        begins = (datetime.datetime.now(datetime.timezone.utc) + begins_in + datetime.timedelta(days=1)).replace(
            minute=0, second=0, microsecond=0)
        return ask("training.open_class", {
            "class_id": class_id, "campaign_id": campaign, "course_id": self.course, "capacity": capacity, "venue": "文化宫",
            "sessions": [{"starts_at": begins, "ends_at": begins + datetime.timedelta(minutes=90)}]},
            after=self.in_the_catalogue)

    def wanting(self, campaign, classes, person, after=None):
        """One member at a campaign: wants some seats, takes or leaves what is offered, gives something back."""
        chance, me = self.chance, worker(person)

        def about(class_id, of=campaign):
            return {"campaign_id": of, "class_id": class_id, "person_id": person}

        if chance.random() < 0.1:
            yield ask("training.enroll", about(self.early_class, self.early_campaign), me)
        for class_id in chance.sample(classes, chance.randrange(1, 4)):
            yield ask("training.enroll", about(class_id), me, after)
        if chance.random() < 0.4:
            yield ask("training.cancel", about(chance.choice(classes)), me)
        mine = yield ask("training.my_enrollments", {"person_id": person}, me)
        for one in mine.data["enrollments"]:
            if one["state"] == "offered":
                answer = chance.choice(["training.accept_offer", "training.accept_offer", "training.decline_offer"])
                yield ask(answer, about(uuid.UUID(bytes=one["class_id"]), uuid.UUID(bytes=one["campaign_id"])), me)
        if chance.random() < 0.2:
            yield ask("training.cancel", about(chance.choice(classes)), me)

    def enrolling_at_once(self, campaign, classes, person, joined):
        """Approved a moment ago; training is asked to wait until it knows them."""
        self.members.append(person)
        self.clients.start([self.preferring(person)])
        yield from self.wanting(campaign, classes, person, joined)

    def leaving(self, person):
        yield ask("registration.leave", {"person_id": person, "reason": "resigned"}, worker(person))

    def evening(self):
        evening = uuid.uuid4()
        now = datetime.datetime.now(datetime.timezone.utc)
        yield ask("matchmaking.plan_evening", {
            "evening_id": evening, "organisation_id": self.district, "title_zh": "桌游之夜", "title_en": "Board games",
            "venue": "职工之家", "starts_at": now, "ends_at": now + datetime.timedelta(hours=2),
            "sign_up_until": now + datetime.timedelta(hours=1), "capacity_male": 2, "capacity_female": 2})
        self.clients.start([self.coming(evening, one) for one in self.chance.sample(self.singles, SINGLES - 1)])

    def coming(self, evening, person):
        about = {"evening_id": evening, "person_id": person}
        yield ask("matchmaking.sign_up", about, worker(person))
        if self.chance.random() < 0.4:
            yield ask("matchmaking.cancel_sign_up", about, worker(person))

    def preferring(self, person):
        """No e-mail, please: a change each time."""
        for topic in ("membership", "training", "matchmaking"):
            yield ask("notifications.set_preference",
                      {"person_id": person, "topic": topic, "channel": "email", "wanted": False}, worker(person))

    def asking_once_more(self, asked):
        """The same request, bytes and id, once more."""
        yield asked.request, asked.data
