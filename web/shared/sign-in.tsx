// Asks for a token where the server wants one. Every reload asks again: the token is nowhere but in memory.
import { useState } from 'preact/hooks';
import { signIn, tokenRefused } from './session.ts';

export function SignIn({ wanted }: { wanted: string }) {
  const [token, setToken] = useState('');
  const [mistake, setMistake] = useState(tokenRefused.value ? wanted : '');
  const submit = (event: Event): void => {
    event.preventDefault();
    try {
      signIn(token);
    } catch (error) {
      setMistake(error instanceof Error ? `It does not look like a token: ${error.message}.` : '');
    }
  };
  return (
    <form class="card sign-in" onSubmit={submit}>
      <h1>This server asks for a token</h1>
      {!tokenRefused.value && <p class="quiet">{wanted}</p>}
      <label for="token">Token</label>
      <input
        id="token"
        type="password"
        autocomplete="off"
        spellcheck={false}
        required
        value={token}
        aria-describedby="token-hint token-mistake"
        onInput={(event) => setToken(event.currentTarget.value)}
      />
      <p id="token-mistake" class="mistake" role="alert">
        {mistake}
      </p>
      <p id="token-hint" class="quiet">
        It is kept in this page’s memory only: after a reload it is asked for again.
      </p>
      <button type="submit" class="primary">
        Go on
      </button>
    </form>
  );
}
