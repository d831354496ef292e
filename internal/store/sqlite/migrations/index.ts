// The migrations in order; the version of a database is how many of them it has had.
import { initial } from './0001-initial.ts';
import { lifeOfAJob } from './0002-life-of-a-job.ts';
import { schedules } from './0003-schedules.ts';
import { webhookDeliveries } from './0004-webhook-deliveries.ts';
import { giveWay } from './0005-give-way.ts';
import { restarts } from './0006-restarts.ts';

export const migrations: readonly string[] = [initial, lifeOfAJob, schedules, webhookDeliveries, giveWay, restarts];
