// JobSets may be restarted within an attempt: how often is kept, so that each restart enters the timeline once.

export const restarts = `
ALTER TABLE attempts ADD COLUMN restarts INTEGER;
`;
