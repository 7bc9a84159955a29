// The messages of the service `popular`, as its developer would write them.
import { command, event, integer, query, record, text, uuid } from '../../../common/sdk/node/messages.js';

export const VoteReply = record('VoteReply', { votes: integer() });
export const Vote = command('popular.vote', { organisation_id: uuid(), stars: integer(1, 5) }, { reply: VoteReply });

export const KnownReply = record('KnownReply', { organisations: integer(), votes: integer() });
export const Known = query('popular.known', {}, { reply: KnownReply });

export const Voted = event('popular/voted.v1', { organisation_id: uuid(), stars: integer(1, 5) },
  { subject: 'organisation_id' });
export const Welcomed = event('popular/welcomed.v1', { organisation_id: uuid(), name: text() },
  { subject: 'organisation_id' });
