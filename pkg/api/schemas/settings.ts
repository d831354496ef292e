// What can be set while the queue runs.
import Type, { type Static } from 'typebox';

export const settingsFields = {
  max_concurrency: Type.Integer({
    minimum: 1,
    maximum: 100_000,
    description: 'How many jobs may run at once.',
    examples: [2],
  }),
  paused: Type.Boolean({ description: 'Whether nothing is dispatched.', examples: [false] }),
};

export const settingsDocument = Type.Object(settingsFields, { $id: 'Settings', description: 'The queue’s settings.' });
export type SettingsDocument = Static<typeof settingsDocument>;

export const settingsSchemas = [settingsDocument];
