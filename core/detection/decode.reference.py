"""Runs a model on a few images with the reference program and writes, for the test of decode.ts, its raw output and
the boxes that the program makes of it.

    decode.reference.py FOLDER_OF_REFERENCE_PROGRAM MODEL IMAGES COUNT OUT

OUT gets <i>.f32 (the output's float32 values) for each image and cases.json.
"""
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

sys.path.insert(0, sys.argv[1])
import eval_reference as reference  # noqa: E402

model, images, count, out = sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]), Path(sys.argv[5])
session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
cases = []
for i, path in enumerate(sorted(images.glob("*.jpg"))[:count]):
    bgr = cv2.imread(str(path))
    height, width = bgr.shape[:2]
    pixels, (gain, left, top) = reference.letterbox(bgr, 416)
    output = session.run(None, {name: pixels.astype(np.float32) / np.float32(255)})[0]
    output.tofile(out / f"{i}.f32")
    boxes, scores, classes = reference.decode(output, 3)
    best = np.argsort(-scores, kind="stable")[: reference.KEEP]
    boxes = (boxes[best] - [left, top, left, top]) / gain
    boxes = boxes.clip(0, [width, height] * 2).astype(np.float32)
    cases.append(
        {
            "dims": list(output.shape),
            "transform": {"gainX": gain, "gainY": gain, "left": left, "top": top,
                          "sourceWidth": width, "sourceHeight": height},
            "boxes": boxes.ravel().tolist(),
            "scores": scores[best].tolist(),
            "classes": classes[best].tolist(),
        }
    )
(out / "cases.json").write_text(json.dumps(cases))
