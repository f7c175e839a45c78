// A process that makes images of images, one at a time. Pictures come from strangers, and what decodes them is C: a
// crash, an endless loop or too much memory ends this process and no other. Plain JavaScript, so that it runs as it is
// from src (tests) and from dist.
'use strict';

const os = require('node:os');
const sharp = require('sharp');

const SOURCES = new Set(['jpeg', 'png', 'webp', 'gif', 'heif']);

// pictures are of people: nobody else on this machine reads them
process.umask(0o077);
// requests go before pictures
os.setPriority(0, 19);
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
  render(task).then(
    () => process.send({ isDone: true }),
    (error) => process.send({ isDone: false, fault: String(error) }),
  );
});

async function render({ source, target, rendering, maxPixels }) {
  // pages 1: the first frame of a moving picture
  const image = sharp(source, { limitInputPixels: maxPixels, pages: 1, failOn: 'error', sequentialRead: true });
  const { format, compression } = await image.metadata();
  if (!SOURCES.has(format) || (format === 'heif' && compression !== 'av1')) throw new Error(`a source of ${format}`);
  const { width, height } = rendering;
  // autoOrient turns by EXIF; all metadata is left behind, places where pictures were taken above all
  image.autoOrient().resize({ width, height, fit: 'inside', withoutEnlargement: true });
  if (rendering.format === 'jpeg') image.flatten({ background: '#ffffff' });
  await encode(image, rendering).toFile(target);
}

function encode(image, { format, quality }) {
  switch (format) {
    case 'jpeg':
      return image.jpeg({ quality, mozjpeg: false });
    case 'webp':
      return image.webp({ quality });
    case 'avif':
      return image.avif({ quality, effort: 2 });
    default:
      return image.png();
  }
}
