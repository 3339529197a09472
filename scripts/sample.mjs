/** `npm run sample`: prepares a bare clone and converts the sample detector in all three precisions into out/sample. */

import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { root, run, say } from './steps.mjs';

bootstrap();
say('converting assets/sample/parts.onnx to FP32, FP16 and INT8');
const sample = join('assets', 'sample');
const done = run(process.execPath, [
  join(root, 'dist', 'main', 'cli', 'engineroom.js'),
  'convert',
  join(sample, 'parts.onnx'),
  '--out',
  join('out', 'sample'),
  '--size',
  '416x416',
  '--precision',
  'fp32,fp16,int8',
  '--calibration',
  join(sample, 'images', 'calibration'),
  '--validation',
  join(sample, 'images', 'validation'),
  '--labels',
  join(sample, 'annotations', 'validation.json'),
  ...process.argv.slice(2),
]);
process.exitCode = done ? 0 : 1;
