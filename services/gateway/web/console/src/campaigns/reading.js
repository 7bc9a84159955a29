import { query } from '@gonghui/shared/api';

const shownMs = 365 * 86_400_000;

/** Those of the last year and of the future, the first to open first. */
export async function readCampaigns() {
  const { campaigns } = await query('training.campaigns', { closing_after: new Date(Date.now() - shownMs).toISOString() });
  return campaigns;
}
