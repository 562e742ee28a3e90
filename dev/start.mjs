// Plain JavaScript on purpose: a Node too old to read TypeScript can still run this and say so.
const wantedMajor = 22;
const major = Number(process.versions.node.split('.')[0]);

if (major < wantedMajor) {
  console.error(
    `daypass: this needs Node ${wantedMajor} or newer and runs on ${process.versions.node}; ` +
      'run it with `npm start` after `npm install`, which brings a newer Node along',
  );
  process.exit(1);
}
await import('./start.ts');
