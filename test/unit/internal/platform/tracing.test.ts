import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../internal/platform/random.ts';
import { newSpanIds, parseTraceParent, spanIdOf, traceParentText } from '../../../../internal/platform/tracing.ts';

const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];

describe('a traceparent', () => {
  it('is read and written', () => {
    for (const sampled of [true, false]) {
      const parent = { traceId: trace, spanId: span, sampled };
      expect(parseTraceParent(traceParentText(parent))).toEqual(parent);
    }
  });

  it.each([
    [undefined],
    [''],
    [`00-${trace}-${span}`],
    [`00-${trace}-${span}-01-more`],
    [`ff-${trace}-${span}-01`],
    [`00-${'0'.repeat(32)}-${span}-01`],
    [`00-${trace}-${'0'.repeat(16)}-01`],
    [`00-${trace.toUpperCase()}-${span}-01`],
    [['00-a', '00-b']],
  ])('is not taken when it is %j', (text) => {
    expect(parseTraceParent(text)).toBeUndefined();
  });

  it('of a newer version is read as far as it is alike', () => {
    expect(parseTraceParent(`01-${trace}-${span}-01-what-is-new`)).toMatchObject({ traceId: trace, sampled: true });
  });
});

describe('ids of spans', () => {
  it('follow from what they are about', () => {
    expect(spanIdOf('a', 'job', 0)).toMatch(/^[0-9a-f]{16}$/);
    expect(spanIdOf('a', 'job', 0)).toBe(spanIdOf('a', 'job', 0));
    expect(spanIdOf('a', 'job', 1)).not.toBe(spanIdOf('a', 'job', 0));
  });

  it('are new ones in the trace of the caller, or in one of their own', () => {
    const random = seededRandom(1);
    const own = newSpanIds(random, 1_000, undefined);
    expect(own.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(own.spanId).toMatch(/^[0-9a-f]{16}$/);
    const below = newSpanIds(random, 1_000, { traceId: trace, spanId: span, sampled: true });
    expect(below.traceId).toBe(trace);
    expect(below.spanId).not.toBe(span);
    expect(newSpanIds(random, 1_000, undefined).traceId).not.toBe(own.traceId);
  });
});
