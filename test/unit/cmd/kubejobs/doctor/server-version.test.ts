import { describe, expect, it } from 'vitest';
import { checkAnswer, checkClock, checkKubernetes } from '../../../../../cmd/kubejobs/doctor/server-version.ts';

describe('the clock', () => {
  const asked = 1_000_000_000_000;
  it.each([
    ['the same second', 0, 'ok'],
    ['a slow answer', -4_000, 'ok'],
    ['half a minute behind the API server', 30_000, 'warn'],
    ['half a minute ahead of it', -30_000, 'warn'],
    ['ten minutes behind it', 600_000, 'fail'],
  ])('is judged by the Date header: %s', (_words, skew, status) => {
    expect(checkClock({ version: 'v1.36.0', dateMs: asked + skew }, asked, asked + 50)).toMatchObject({ status });
  });

  it('says which of the two is behind', () => {
    const behind = checkClock({ version: '', dateMs: asked + 30_000 }, asked, asked);
    expect(behind).toMatchObject({ message: expect.stringMatching(/^this machine's clock is 30\.0 s behind/) });
    expect(checkClock({ version: '', dateMs: asked - 31_000 }, asked, asked).message).toContain('30.0 s ahead of');
  });

  it('is not judged without the header', () => {
    expect(checkClock({ version: 'v1.36.0' }, asked, asked)).toMatchObject({ status: 'ok' });
  });
});

describe('the version of Kubernetes', () => {
  it('matters to JobSets alone', () => {
    const old = { version: 'v1.31.4' };
    expect(checkKubernetes(old, { controllers: undefined })).toMatchObject({ status: 'ok' });
    expect(checkKubernetes(old, { controllers: ['jobset'] })).toMatchObject({ status: 'warn' });
    expect(checkKubernetes({ version: 'v1.36.0+k3s1' }, { controllers: ['jobset'] })).toMatchObject({ status: 'ok' });
  });
});

describe('an API server that does not answer as it should', () => {
  it('is a failure with its words, and a 401 is about the credentials', () => {
    const gone = checkAnswer({ outcome: 'unknown', message: 'connect ECONNREFUSED' }, 'https://127.0.0.1:1');
    expect(gone).toMatchObject({ status: 'fail', message: expect.stringContaining('connect ECONNREFUSED') });
    const unauthorized = { outcome: 'refused', status: 401, reason: 'Unauthorized', message: 'Unauthorized' } as const;
    expect(checkAnswer(unauthorized, 'https://127.0.0.1:1').advice).toContain('credentials');
  });
});
