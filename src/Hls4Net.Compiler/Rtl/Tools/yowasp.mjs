// Runs Yosys of the npm package @yowasp/yosys on the files of this folder: node yowasp.mjs PACKAGE ARGUMENT...
import { readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, ...args] = process.argv.slice(2);
const entry = createRequire(join(folder, 'package.json')).resolve('@yowasp/yosys');
const { runYosys, Exit } = await import(pathToFileURL(entry));
if (!runYosys || !Exit) throw new TypeError(`${entry} has no runYosys`);

const files = {};
for (const name of readdirSync('.').filter(name => statSync(name).isFile()))
    files[name] = readFileSync(name);
const stream = descriptor => bytes => { if (bytes) writeSync(descriptor, bytes); };
let left;
try {
    left = await runYosys(args, files, { stdout: stream(1), stderr: stream(2), decodeASCII: false });
} catch (error) {
    if (!(error instanceof Exit)) throw error;
    left = error.files;
    process.exitCode = error.code;
}
for (const [name, content] of Object.entries(left))
    if (content instanceof Uint8Array && content !== files[name]) writeFileSync(name, content);
