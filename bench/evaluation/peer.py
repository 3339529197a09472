"""Computes COCO mAP with pycocotools or faster-coco-eval and prints the seconds, as the peer of coco-map.ts.

    peer.py LIBRARY LABELS RESULTS REPEATS

LIBRARY is pycocotools or faster_coco_eval. Imports are not in the seconds.
"""

import contextlib
import io
import json
import sys
import time

library, labels, results, repeats = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
if library == "pycocotools":
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval
else:
    from faster_coco_eval import COCO
    from faster_coco_eval import COCOeval_faster as COCOeval

seconds = []
with contextlib.redirect_stdout(io.StringIO()):
    start = time.perf_counter()
    truth = COCO(labels)
    found = truth.loadRes(results)
    load = time.perf_counter() - start
    for _ in range(repeats):
        start = time.perf_counter()
        run = COCOeval(truth, found, "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
        seconds.append(time.perf_counter() - start)
print(json.dumps({"loadSeconds": load, "evaluateSeconds": seconds, "map5095": float(run.stats[0])}))
