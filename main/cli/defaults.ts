/** The defaults of a specification, for `--help`: read from its schema, so that help cannot say something else. */

import { parseSpecification } from '../../core/conversion/specification.ts';

const specification = parseSpecification({
  model: 'model.onnx',
  out: 'out',
  calibration: { images: 'images' },
  validation: { images: 'images' },
});

const { calibration, quantization, detection, benchmark } = specification;
if (calibration === null) throw new Error('the specification above has a calibration');

export const defaults = { calibration, quantization, detection, benchmark };
