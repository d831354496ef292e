// A compaction of etcd, over its JSON gateway: history before now is gone, for everybody.
// https://etcd.io/docs/v3.6/dev-guide/api_grpc_gateway/
export async function compactEtcd(etcdUrl: string): Promise<void> {
  const { header } = await ask<{ header: { revision: string } }>(etcdUrl, '/v3/maintenance/status', {});
  await ask(etcdUrl, '/v3/kv/compaction', { revision: header.revision, physical: true });
}

async function ask<T>(etcdUrl: string, path: string, body: object): Promise<T> {
  const answer = await fetch(`${etcdUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
