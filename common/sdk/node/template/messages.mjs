// The messages of @name@, as schemas/ describes them.
import { command, event, list, query, record, text, uuid } from 'gonghui/messages';

export const Note = command('@name@.note', { organisation_id: uuid(), text: text(1, 200) });
export const Noted = event('@name@/noted.v1', { organisation_id: uuid(), text: text(1, 200) },
  { subject: 'organisation_id' });
export const NotesReply = record('NotesReply', { notes: list(text()) });
export const Notes = query('@name@.notes', { organisation_id: uuid() }, { reply: NotesReply });
