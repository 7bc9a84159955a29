#!/usr/bin/env node
// Asks every partition of training where a person has a seat.  ask.mjs FOLDER KEY PERSON
import { Bus, hubOf, loadKey, worker } from 'gonghui';
import { MyEnrollments } from 'gonghui/schemas/training';

const [folder, key, person] = process.argv.slice(2);
const bus = new Bus(hubOf(folder), loadKey(`${folder}/keys/${key}.key`));
const replies = await bus.askEverywhere(new MyEnrollments({ person_id: person }), { actor: worker(person) });
replies.forEach((reply, partition) => console.log(partition, reply.outcome, reply.data.enrollments.length));
await bus.close();
