"""Calibrates and quantizes with onnxruntime's own Python tools, as the peer of calibration.ts.

    peer.py MODEL IMAGES COUNT METHOD OUT

METHOD is MinMax or Entropy. The decode behind the last convolutions stays in float. Prints one JSON object: seconds
and peak resident bytes of pre-processing, calibration and writing; imports are not in the seconds.
"""

import json
import os
import resource
import sys
import tempfile
import time

import cv2
import numpy
import onnx
import onnxruntime
from onnxruntime import quantization
from onnxruntime.quantization.shape_inference import quant_pre_process

SIZE = 416
PAD = 114


def read_tensor(path):
    """[1, 3, SIZE, SIZE] float32: letterbox, RGB, 0 to 1."""
    image = cv2.cvtColor(cv2.imread(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
    height, width = image.shape[:2]
    gain = min(SIZE / width, SIZE / height)
    new_width, new_height = round(width * gain), round(height * gain)
    left, top = (SIZE - new_width) // 2, (SIZE - new_height) // 2
    canvas = numpy.full((SIZE, SIZE, 3), PAD, numpy.uint8)
    canvas[top : top + new_height, left : left + new_width] = cv2.resize(
        image, (new_width, new_height), interpolation=cv2.INTER_LINEAR
    )
    return numpy.ascontiguousarray(canvas.transpose(2, 0, 1)[None], numpy.float32) / numpy.float32(255)


class ImageReader(quantization.CalibrationDataReader):
    def __init__(self, input_name, paths):
        self.feeds = ({input_name: read_tensor(path)} for path in paths)

    def get_next(self):
        return next(self.feeds, None)


def nodes_of_decode(model):
    """Names of the nodes behind the last convolutions: no convolution reads what they compute."""
    reaches_convolution = set()
    decode = []
    for node in reversed(model.graph.node):
        if node.op_type == "Conv":
            reaches_convolution.update(node.input)
        elif reaches_convolution.isdisjoint(node.output):
            decode.append(node.name)
        else:
            reaches_convolution.update(node.input)
    return decode


def main():
    model_path, images, count, method, out = sys.argv[1:]
    names = sorted(name for name in os.listdir(images) if name.endswith(".jpg"))[: int(count)]
    paths = [os.path.join(images, name) for name in names]
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        prepared = os.path.join(folder, "prepared.onnx")
        quant_pre_process(model_path, prepared, skip_symbolic_shape=True)
        model = onnx.load(prepared)
        decode = nodes_of_decode(model)
        quantization.quantize_static(
            prepared,
            out,
            ImageReader(model.graph.input[0].name, paths),
            quant_format=quantization.QuantFormat.QDQ,
            calibrate_method=quantization.CalibrationMethod[method],
            activation_type=quantization.QuantType.QInt8,
            weight_type=quantization.QuantType.QInt8,
            per_channel=True,
            nodes_to_exclude=decode,
            extra_options={"ActivationSymmetric": True, "WeightSymmetric": True},
        )
    seconds = time.perf_counter() - begin
    # ru_maxrss is in KiB on Linux and in bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    print(
        json.dumps(
            {
                "images": len(paths),
                "tensors": None,
                "seconds": seconds,
                "peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
                "version": f"onnxruntime {onnxruntime.__version__} (Python)",
            }
        )
    )


if __name__ == "__main__":
    main()
