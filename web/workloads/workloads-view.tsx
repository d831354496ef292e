export function WorkloadsView() {
  return null;
}
