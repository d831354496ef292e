import { describe, expect, it } from 'vitest';
import { openTracing, tracesUrl } from '../../../../cmd/kubejobs/tracing.ts';

const none = { otlpEndpoint: undefined };

describe('where traces go', () => {
  it.each([
    ['nowhere when nobody says anything', none, {}, undefined],
    [
      'to the flag, whatever the environment says',
      { otlpEndpoint: 'http://a:4318' },
      { OTEL_SDK_DISABLED: 'true' },
      'http://a:4318/v1/traces',
    ],
    ['nowhere with the flag none', { otlpEndpoint: 'none' }, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b' }, undefined],
    [
      'below the endpoint of all signals',
      none,
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b:4318/x/' },
      'http://b:4318/x/v1/traces',
    ],
    [
      'to the very URL of the endpoint of traces',
      none,
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/t', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b' },
      'http://c/t',
    ],
    [
      'nowhere with the SDK disabled',
      none,
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b', OTEL_SDK_DISABLED: 'true' },
      undefined,
    ],
    [
      'nowhere with the exporter none',
      none,
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://b', OTEL_TRACES_EXPORTER: 'none' },
      undefined,
    ],
  ])('is %s', (_words, settings, environment, url) => {
    expect(tracesUrl(settings, environment)).toBe(url);
  });

  it('must be a URL, which is not repeated when it is none', () => {
    const wrong = () => tracesUrl(none, { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318?key=s3cr3t' });
    expect(wrong).toThrow('OTEL_EXPORTER_OTLP_ENDPOINT');
    expect(wrong).not.toThrow('s3cr3t');
  });

  it('is nothing at all when they are off: no hook for requests, no listener', async () => {
    const side = await openTracing(undefined, {} as Parameters<typeof openTracing>[1]);
    expect([side.requests, side.saved, side.part.start]).toEqual([undefined, undefined, undefined]);
  });
});
