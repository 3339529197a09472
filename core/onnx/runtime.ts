/**
 * onnxruntime-node with float16 tensors as bits, in a Uint16Array, on every version of Node. Its JavaScript side takes
 * Node's own Float16Array (from Node 24) where there is one, but its native side cannot read that type and fails with
 * "not enough space". It looks for the type once, when the first tensor is made: here, while the type is out of sight.
 */

import { env, InferenceSession, Tensor } from 'onnxruntime-node';

const name = 'Float16Array';
const own = Object.getOwnPropertyDescriptor(globalThis, name);
if (own !== undefined) {
  Reflect.deleteProperty(globalThis, name);
  try {
    new Tensor('float32', Float32Array.of(0), [1]);
  } finally {
    Object.defineProperty(globalThis, name, own);
  }
}

export { env, InferenceSession, Tensor };
