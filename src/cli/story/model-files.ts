/** The files that the example and the story release: a real language model, or files of this checkout where that was not installed. */
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Component } from '../../domain/release.js';
import { digestPath } from '../digest-folder.js';

interface ModelFiles { readonly name: string; readonly folder: string; readonly config: string; readonly file: string }

const MODEL: ModelFiles = { name: 'wink-eng-lite-web-model', folder: 'node_modules/wink-eng-lite-web-model/dist', config: 'node_modules/wink-eng-lite-web-model/package.json', file: 'model.js' };
const OWN_FILES: ModelFiles = { name: 'stand-in', folder: 'migrations', config: 'package.json', file: '0001_audit_log.sql' };

export async function modelComponents(projectFolder: string): Promise<Component[]> {
  const { name, folder, config } = filesIn(projectFolder);
  return [
    { role: 'MODEL', name, digest: (await digestPath(join(projectFolder, folder))).digest },
    { role: 'CONFIG', name: 'package.json', digest: (await digestPath(join(projectFolder, config))).digest },
  ];
}

/** The same release after somebody added one byte to a model file: a copy is changed, not the file. */
export async function tamperedComponents(projectFolder: string): Promise<Component[]> {
  const { folder, file } = filesIn(projectFolder);
  const copy = await mkdtemp(join(tmpdir(), 'countersign-story-'));
  try {
    await cp(join(projectFolder, folder), copy, { recursive: true });
    await appendFile(join(copy, file), '\n');
    const { digest } = await digestPath(copy);
    return (await modelComponents(projectFolder)).map((component) => (component.role === 'MODEL' ? { ...component, digest } : component));
  } finally {
    await rm(copy, { recursive: true });
  }
}

function filesIn(projectFolder: string): ModelFiles {
  return existsSync(join(projectFolder, MODEL.folder)) ? MODEL : OWN_FILES;
}
