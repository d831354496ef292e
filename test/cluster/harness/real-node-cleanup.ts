export async function stopContainers(_folder: string): Promise<void> {}
export async function removeNodeTraces(_folder: string): Promise<void> {}
