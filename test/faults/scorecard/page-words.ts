// The prose of docs/reliability.md: what stands before the table, and what the table does not cover.

export const introduction = `# Reliability

<!-- Written by \`make reliability\` from test/faults/ and docs/reliability.json. Change those, not this page. -->

kubejobs promises that an accepted job is never lost, never run twice as one attempt, and runs in exact order under the cap
([README](../README.md#promises-and-their-limits)). This page says how each of these was attacked, how often, and what came
of it. A row that was not run says so; a row that does not hold yet says by how much.

## How it is shown

- **Simulation.** The real core, engine, dispatcher and controllers run on a virtual clock, with a store, a cluster and
  watches that fail: a call succeeds, fails, is executed and then fails, hangs or comes late; watches drop, repeat, expire;
  the program crashes at any await and comes back from its rows. One seed decides everything, so the same seed gives the
  same trace. Checkers that share no code with the program look for jobs that are lost, extra, overlapping, over the cap,
  out of order or never finished.
- **Planted bugs.** A harness that catches nothing proves nothing: each of a list of known mistakes (acknowledge before the
  commit, forget a slot, take a timeout for a success, …) is put into the program in memory, and must be caught.
- **Real processes.** The real server on a real file system and, for the rows that need one, before a real API server: it
  is killed, stopped, starved of disk, cut off by a proxy.
- **A black-box checker** reads only what a client was answered and what the API server holds, and is first proven on
  histories with mistakes in them.

Every trial is decided by its seed, and every violation names it. To run one again:

\`\`\`sh
KUBEJOBS_FAULT_SEED=1234 npx vitest run test/faults/15-order.test.ts   # the small column, from that seed on
make scorecard ROWS=15                                                 # the large column; goes on where it was stopped
\`\`\`

The **small column** is part of \`make test\`. The **large column** is run before a release with \`make scorecard\`; figures are
of one commit each, the last that changed the program or its tests, and of the newest run. No violation in n independent
trials means a rate below 3/n with 95 % confidence, which is the percentage in brackets; rows that run every case there is
have none. It says nothing about faults that nobody thought of.`;

export const limits = `## What is not covered

- Disks that acknowledge an fsync and forget it, memory that flips bits, file systems other than the one of the machine.
- More than one server on one database: a second one is refused, replicas are not there yet.
- Nodes: that a container runs once is Kubernetes’ part. A node that is lost, or a template with a \`backoffLimit\`, can start
  it again.
- Clusters of other versions than the one in [test/cluster](../test/cluster/README.md), its flow control under other
  people’s load, admission webhooks of others.
- A strict priority starves by design: while more important jobs keep coming, a less important one waits, for ever if
  need be (\`queue_position\` shows it). Within one priority nobody is passed over.
- Clients: a submission whose answer was lost may have been accepted. Ask for the job before submitting it again.`;
