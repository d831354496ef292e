// Jobs that give way to others go back to the queue: which attempt is to do so and why, until it has; and how often a job
// did, for its next backoff, and because these attempts do not count against its retries.

export const giveWay = `
ALTER TABLE attempts ADD COLUMN give_way TEXT;
ALTER TABLE jobs ADD COLUMN gave_way_times INTEGER;
`;
