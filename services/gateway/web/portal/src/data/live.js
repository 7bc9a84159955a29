// The one stream of the open page: what it tells of the inbox everybody wants to know, of seats and lines the page that
// shows a campaign.
import { readSession } from '@gonghui/shared/session';
import { follow } from '@gonghui/shared/stream';
import { unread } from './unread.js';

let stop = () => {};
let isOpen = false;
let shown = null;  // {campaignId, seats, line}

function connect() {
  stop();
  const inbox = (event) => {
    unread.value = event.unread;
  };
  // A session that was ended elsewhere ends here as well.
  const closed = () => readSession().catch(() => {});
  stop = follow({ closed, inbox, ...(shown && { seats: shown.seats, line: shown.line }) }, { campaignId: shown?.campaignId });
}

// While somebody is logged in; returns how to end it.
export function goLive() {
  isOpen = true;
  connect();
  return () => {
    isOpen = false;
    stop();
  };
}

// While a campaign is shown; returns how to end it.
export function showSeats(campaign) {
  shown = campaign;
  if (isOpen) connect();
  return () => {
    if (shown !== campaign) return;
    shown = null;
    if (isOpen) connect();
  };
}
