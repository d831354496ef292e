// What the program’s exit codes mean. `kubejobs wait` adds the job’s own.
export const exitDone = 0;
export const exitFailed = 1;
export const exitUsage = 2;
export const exitUnreachable = 3;
