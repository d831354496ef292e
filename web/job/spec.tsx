// What the job was submitted to run, as it was sent.
export function Spec({ spec }: { spec: object }) {
  const isEmpty = Object.keys(spec).length === 0;
  return (
    <section class="card" aria-labelledby="spec-title">
      <h2 id="spec-title">Spec</h2>
      {isEmpty ? (
        <p class="quiet">It names no container: it runs the server’s default template.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <pre class="text" tabIndex={0}>
          {JSON.stringify(spec, undefined, 2)}
        </pre>
      )}
    </section>
  );
}
