// Jobs by the thousand, for long lists.

const batchSize = 10_000;

/** Pending jobs of nine priorities, in arrays. */
export async function manyJobs(url: string, jobs: number): Promise<void> {
  for (let from = 0; from < jobs; from += batchSize) {
    const submissions = Array.from({ length: Math.min(batchSize, jobs - from) }, (_, index) => ({
      name: `job-${from + index}`,
      priority: ((from + index) * 7_919) % 9,
    }));
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/jobs/batch`, { method: 'POST', headers, body: JSON.stringify(submissions) });
    if (!answer.ok) throw new Error(`the batch was answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
