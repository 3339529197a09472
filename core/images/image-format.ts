/** Which image formats are accepted, and how a file's extension and first bytes tell them. */

export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'bmp' | 'tiff';

/** For messages. */
export const acceptedFormats = 'JPEG, PNG, WebP, BMP and TIFF';

const formatOfExtension: ReadonlyMap<string, ImageFormat> = new Map([
  ['.jpg', 'jpeg'],
  ['.jpeg', 'jpeg'],
  ['.jpe', 'jpeg'],
  ['.jfif', 'jpeg'],
  ['.png', 'png'],
  ['.webp', 'webp'],
  ['.bmp', 'bmp'],
  ['.dib', 'bmp'],
  ['.tif', 'tiff'],
  ['.tiff', 'tiff'],
]);

/** Extensions that lie beside images in data sets and are not worth opening. */
const otherExtensions: ReadonlySet<string> = new Set([
  '.txt',
  '.xml',
  '.json',
  '.jsonl',
  '.yaml',
  '.yml',
  '.csv',
  '.tsv',
  '.md',
  '.html',
  '.pdf',
  '.py',
  '.cache',
  '.npy',
  '.zip',
  '.gz',
  '.tar',
  '.onnx',
  '.pt',
  '.engine',
  '.gif',
  '.svg',
  '.mp4',
  '.avi',
  '.mov',
  '.db',
  '.ini',
  '.log',
]);

/** How many first bytes `formatOfContent` needs. */
export const signatureBytes = 12;

/** What the extension (with dot, any case) says: an image, something else, or nothing. */
export function formatOfName(extension: string): ImageFormat | 'other' | 'unknown' {
  const lower = extension.toLowerCase();
  return formatOfExtension.get(lower) ?? (otherExtensions.has(lower) ? 'other' : 'unknown');
}

/** What the first bytes say, or undefined when they are of none of the accepted formats. */
export function formatOfContent(bytes: Uint8Array): ImageFormat | undefined {
  const text = (start: number, end: number) => String.fromCharCode(...bytes.subarray(start, end));
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (text(0, 2) === 'BM') return 'bmp';
  const order = text(0, 4);
  // The last two are BigTIFF.
  if (order === 'II*\0' || order === 'MM\0*' || order === 'II+\0' || order === 'MM\0+') return 'tiff';
  return undefined;
}
