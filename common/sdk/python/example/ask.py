#!/usr/bin/python3
"""Asks every partition of training where a person has a seat.  ask.py FOLDER KEY PERSON"""
import sys
from uuid import UUID

from gonghui import Bus, Hub, KeyPair, worker
from gonghui.schemas.training import MyEnrollments

folder, key, person = sys.argv[1], sys.argv[2], UUID(sys.argv[3])
with Bus(Hub.of(folder), KeyPair.load(f"{folder}/keys/{key}.key")) as bus:
    replies = bus.ask_everywhere(MyEnrollments(person_id=person), actor=worker(person))
    for partition, reply in enumerate(replies):
        print(partition, reply.outcome, len(reply.data.enrollments))
