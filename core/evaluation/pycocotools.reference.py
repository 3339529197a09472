"""Reads COCO cases as JSON from stdin and prints what pycocotools makes of each, for the test of coco-map.ts.

A case is {"images": [...], "categories": [...], "annotations": [...], "results": [...]}; the answer for it is
{"stats": the twelve figures, "classes": [[ap50, ap5095], ...] by rising category id}, -1 where nothing is to be found.
"""
import contextlib
import io
import json
import sys

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def mean(values):
    values = values[values > -1]
    return float(values.mean()) if values.size else -1.0


def judge(case):
    truth = COCO()
    truth.dataset = {key: case[key] for key in ("images", "categories", "annotations")}
    truth.createIndex()
    found = COCO()
    found.dataset = {"images": case["images"], "categories": case["categories"], "annotations": []}
    if case["results"]:
        found = truth.loadRes(case["results"])
    else:
        found.createIndex()
    run = COCOeval(truth, found, "bbox")
    run.evaluate()
    run.accumulate()
    run.summarize()
    precision = run.eval["precision"][..., 0, -1]
    classes = [[mean(precision[0, :, k]), mean(precision[:, :, k])] for k in range(precision.shape[2])]
    return {"stats": [float(value) for value in run.stats], "classes": classes}


with contextlib.redirect_stdout(io.StringIO()):
    answers = [judge(case) for case in json.load(sys.stdin)]
json.dump(answers, sys.stdout)
