// A process that makes images of images, one at a time. Pictures come from strangers, and what decodes them is C: a
// crash, an endless loop or too much memory ends this process and no other. Plain JavaScript, so that it runs as it is
// from src (tests) and from dist.
'use strict';

const { writeFileSync } = require('node:fs');
const os = require('node:os');
const sharp = require('sharp');

const SOURCES = new Set(['jpeg', 'png', 'webp', 'gif', 'heif']);
/** Above so many pixels encoders do without what has them hold the picture several times over. */
const LARGE_PIXELS = 4096 * 2048;
const WATCH_EVERY_MS = 20;

// pictures are of people: nobody else on this machine reads them
process.umask(0o077);
// requests go before pictures
os.setPriority(0, 19);
// and where memory ends, we end before the service
if (process.platform === 'linux') preferToEnd();
sharp.concurrency(1);
sharp.cache(false);
// whatever a file calls itself: not the loaders of SVG, PDF, TIFF and all the others
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['JpegFile', 'PngFile', 'WebpFile', 'HeifFile', 'NsgifFile'].map((loader) => `VipsForeignLoad${loader}`),
});

// our parent says when to leave; a signal to the whole group must not spoil a picture in the making
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));

process.on('message', (task) => {
  const watch = setInterval(() => keepWithin(task.limits.memoryBytes), WATCH_EVERY_MS);
  render(task)
    .then(
      () => null,
      (error) => String(error),
    )
    .then((fault) => {
      clearInterval(watch);
      process.send({ fault, isSpent: process.memoryUsage.rss() > task.limits.keptBytes });
    });
});

/** The work is other threads'; nothing else stops them. */
function keepWithin(bytes) {
  if (process.memoryUsage.rss() > bytes) process.kill(process.pid, 'SIGKILL');
}

function preferToEnd() {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // where that is forbidden, the kernel chooses by itself
  }
}

async function render({ source, target, rendering, limits }) {
  const limitInputPixels = limits.sourcePixels.any;
  // pages 1: the first frame of a moving picture
  const image = sharp(source, { limitInputPixels, pages: 1, failOn: 'error', sequentialRead: true });
  const metadata = await image.metadata();
  demandUsable(metadata, limits);
  const { width, height, pixels } = sizeOf(metadata.autoOrient, rendering, limits);
  // autoOrient turns by EXIF; all metadata is left behind, places where pictures were taken above all
  image.autoOrient().resize({ width, height, fit: 'inside', withoutEnlargement: true });
  if (rendering.format === 'jpeg') image.flatten({ background: '#ffffff' });
  await encode(image, rendering, pixels > LARGE_PIXELS).toFile(target);
}

function demandUsable({ format, compression, width, height }, limits) {
  const isAvif = format === 'heif' && compression === 'av1';
  if (!SOURCES.has(format) || (format === 'heif' && !isAvif)) throw new Error(`a source of ${format}`);
  if (isAvif && width * height > limits.sourcePixels.avif) throw new Error('an AVIF of too many pixels');
}

/** The sides to keep within, and how many pixels come of them. */
function sizeOf(original, { format, ...wished }, limits) {
  const [width, height] = [wished.width, wished.height].map((side) =>
    Math.min(side ?? Infinity, limits.targetSide[format]),
  );
  const scale = Math.min(1, width / original.width, height / original.height);
  const pixels = original.width * original.height * scale ** 2;
  const most = limits.targetPixels[format];
  if (pixels <= most) return { width, height, pixels };
  const fitting = scale * Math.sqrt(most / pixels);
  const side = (length) => Math.max(1, Math.floor(length * fitting));
  return { width: side(original.width), height: side(original.height), pixels: most };
}

function encode(image, { format, quality }, isLarge) {
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality, mozjpeg: false, optimiseCoding: !isLarge });
    case 'webp':
      return image.webp({ quality, effort: isLarge ? 2 : 4 });
    case 'avif':
      return image.avif({ quality, effort: 2, chromaSubsampling: isLarge ? '4:2:0' : '4:4:4' });
    default:
      return image.png();
  }
}
