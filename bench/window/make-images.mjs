/**
 * Makes a folder of N images for the benchmarks of the window: `node bench/window/make-images.mjs N FOLDER`.
 *
 * A few hundred different small JPEGs are made once and linked under N names (copied where the file system has no hard
 * links), in folders of 10,000; real photographs of the sample come between them, and a few files are broken. Beside
 * them lies labels.json, COCO labels with up to six boxes an image. The same N gives the same folder every time.
 */

import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const [countText, folder] = process.argv.slice(2);
const count = Number(countText);
if (!Number.isInteger(count) || count < 1 || folder === undefined) {
  console.error('usage: node bench/window/make-images.mjs N FOLDER');
  process.exit(2);
}

const distinct = Math.min(count, 512);
const foldersOf = 10_000;
/** One in so many is a photograph of the sample, and one in so many cannot be read. */
const photographEvery = 500;
const brokenEvery = 5000;
const sample = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  'assets',
  'sample',
  'images',
  'validation',
);

/** A picture of its own colours and stripes. */
function picture(seed) {
  const width = 240 + 16 * (seed % 6);
  const height = 180 + 12 * (seed % 5);
  const data = Buffer.alloc(width * height * 3);
  const [r, g, b] = [37, 91, 151].map((step) => (seed * step + (seed >> 8) * 61) % 256);
  const stripe = 8 + (seed % 23);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const lit = (Math.floor(x / stripe) + Math.floor(y / (stripe + (seed % 7)))) % 2;
      data[at] = lit ? r : (x + seed) & 255;
      data[at + 1] = lit ? g : (y * 2 + seed) & 255;
      data[at + 2] = lit ? b : 255 - r;
    }
  }
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 70 })
    .toBuffer();
}

function place(from, to) {
  try {
    linkSync(from, to);
  } catch (error) {
    // Too many links to one file, or none at all on this file system.
    if (error.code !== 'EEXIST') copyFileSync(from, to);
  }
}

const started = performance.now();
const originals = join(folder, '.originals');
mkdirSync(originals, { recursive: true });
const made = [];
for (let seed = 0; seed < distinct; seed++) {
  const path = join(originals, `${seed}.jpg`);
  writeFileSync(path, await picture(seed));
  made.push(path);
}
const photographs = readdirSync(sample)
  .filter((name) => name.endsWith('.jpg'))
  .sort()
  .map((name) => {
    const path = join(originals, name);
    copyFileSync(join(sample, name), path);
    return path;
  });
const broken = join(originals, 'broken.jpg');
writeFileSync(broken, readFileSync(made[0]).subarray(0, 1500));

const images = [];
const annotations = [];
for (let index = 0; index < count; index++) {
  const partName = `part-${String(Math.floor(index / foldersOf)).padStart(3, '0')}`;
  const part = join(folder, partName);
  if (index % foldersOf === 0) mkdirSync(part, { recursive: true });
  let from = made[index % made.length];
  if (index % photographEvery === 7) {
    from = photographs[Math.floor(index / photographEvery) % photographs.length];
  }
  if (index % brokenEvery === 11) from = broken;
  const name = `image-${String(index).padStart(6, '0')}.jpg`;
  place(from, join(part, name));
  images.push({ id: index + 1, file_name: `${partName}/${name}`, width: 240, height: 180 });
  for (let box = 0; box < index % 7; box++) {
    const side = 6 + ((index * 13 + box * 29) % 90);
    annotations.push({
      id: annotations.length + 1,
      image_id: index + 1,
      category_id: 1 + ((index + box) % 4),
      bbox: [(box * 31) % 140, (box * 17) % 80, side, side],
      area: side * side,
      iscrowd: 0,
    });
  }
}
const categories = ['bolt', 'nut', 'washer', 'gear'].map((name, i) => ({ id: i + 1, name }));
writeFileSync(join(folder, 'labels.json'), JSON.stringify({ images, annotations, categories }));
console.log(`${count} images in ${folder}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
