// ServiceMonitors of the Prometheus operator, as far as the chart uses them: with strict validation a field that they do
// not have is refused.
const text = { type: 'string' } as const;
const object = (properties: object) => ({ type: 'object', properties }) as const;
const credentials = object({ name: text, key: text, optional: { type: 'boolean' } });

export const serviceMonitorCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    names: {
      kind: 'ServiceMonitor',
      listKind: 'ServiceMonitorList',
      plural: 'servicemonitors',
      singular: 'servicemonitor',
    },
    scope: 'Namespaced',
    versions: [
      {
        ...{ name: 'v1', served: true, storage: true },
        schema: {
          openAPIV3Schema: object({
            spec: object({
              selector: object({ matchLabels: { type: 'object', additionalProperties: text } }),
              endpoints: {
                type: 'array',
                items: object({
                  ...{ port: text, path: text, interval: text },
                  authorization: object({ type: text, credentials }),
                }),
              },
            }),
          }),
        },
      },
    ],
  },
};
