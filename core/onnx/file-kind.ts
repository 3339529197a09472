/** Says what a file that is not an ONNX model looks like, so that the message can name the right remedy. */

interface FileKind {
  /** Reads after "looks like". */
  readonly description: string;
  readonly remedy: string;
}

const exportRemedy = 'Export the network to ONNX first and name the .onnx file.';

function startsWith(bytes: Uint8Array, ...prefix: number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte);
}

function isText(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 512);
  if (sample.length === 0) return false;
  const text = new TextDecoder().decode(sample);
  // A character that was cut at the end of the sample decodes to one replacement character.
  const odd = Array.from(text.slice(0, -1)).filter((c) => c === '\uFFFD' || (c < ' ' && !/\s/.test(c)));
  return odd.length === 0;
}

/** A guess from the first bytes (a kilobyte is enough); undefined when they tell nothing. */
export function guessFileKind(head: Uint8Array): FileKind | undefined {
  const latin = Buffer.from(head.subarray(0, 1024)).toString('latin1');
  if (startsWith(head, 0x50, 0x4b, 3, 4)) {
    return /\/(data\.pkl|constants\.pkl|byteorder|version|\.format_version)/.test(latin)
      ? { description: 'a PyTorch checkpoint', remedy: exportRemedy }
      : { description: 'a ZIP archive', remedy: 'Unpack it and name the .onnx file inside.' };
  }
  if (startsWith(head, 0x80) && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5) {
    return { description: 'a Python pickle, as old PyTorch checkpoints are', remedy: exportRemedy };
  }
  if (/^.{4}\{"/s.test(latin) || latin.startsWith('ptrt') || latin.startsWith('ftrt')) {
    return {
      description: 'a TensorRT engine, which cannot be converted back',
      remedy: 'Name the ONNX model that it was built from.',
    };
  }
  if (latin.slice(4, 8) === 'TFL3') return { description: 'a TensorFlow Lite model', remedy: exportRemedy };
  if (latin.slice(4, 8) === 'ORTM') {
    return {
      description: 'a model in the ORT format of ONNX Runtime',
      remedy: 'Name the ONNX model that it was made from.',
    };
  }
  if (latin.startsWith('\x89HDF')) return { description: 'a Keras HDF5 model', remedy: exportRemedy };
  if (startsWith(head, 0x1f, 0x8b)) {
    return { description: 'a gzip archive', remedy: 'Unpack it and name the .onnx file inside.' };
  }
  if (latin.startsWith('\x89PNG') || startsWith(head, 0xff, 0xd8, 0xff)) {
    return { description: 'a picture', remedy: 'Name an .onnx file as the model.' };
  }
  if (latin.startsWith('version https://git-lfs')) {
    return {
      description: 'a Git LFS pointer, not the file itself',
      remedy: 'Run `git lfs pull` in its repository.',
    };
  }
  if (/^\s*(<!doctype html|<html)/i.test(latin)) {
    return {
      description: 'a web page, probably a failed download',
      remedy: 'Download the model again by its direct link.',
    };
  }
  if (isText(head)) return { description: 'a text file', remedy: 'Name an .onnx file as the model.' };
  return undefined;
}
