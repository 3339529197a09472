"""What OpenCV makes of the same images, for the tests of core/images.

    opencv.reference.py decode OUT FILE...   every file by imread, as 8-bit RGB
    opencv.reference.py resize IN OUT        every image of IN by resize, INTER_LINEAR

An image record is two little-endian uint32, width and height, and the RGB bytes. In IN a record is preceded by two
more uint32, the new width and height.
"""
import struct
import sys

import cv2
import numpy as np


def write(out, rgb):
    out.write(struct.pack("<II", rgb.shape[1], rgb.shape[0]))
    out.write(np.ascontiguousarray(rgb).tobytes())


def decode(out_path, *files):
    with open(out_path, "wb") as out:
        for path in files:
            write(out, cv2.imread(path, cv2.IMREAD_COLOR)[:, :, ::-1])


def resize(in_path, out_path):
    data = open(in_path, "rb").read()
    at = 0
    with open(out_path, "wb") as out:
        while at < len(data):
            new_width, new_height, width, height = struct.unpack_from("<IIII", data, at)
            at += 16
            image = np.frombuffer(data, np.uint8, width * height * 3, at).reshape(height, width, 3)
            at += image.size
            write(out, cv2.resize(image, (new_width, new_height), interpolation=cv2.INTER_LINEAR))


{"decode": decode, "resize": resize}[sys.argv[1]](*sys.argv[2:])
