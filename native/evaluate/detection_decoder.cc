#include "evaluate/detection_decoder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

#include "evaluate/box_values.h"
#include "evaluate/non_maximum_suppression.h"
#include "evaluate/raw_heads.h"

namespace engineroom {
namespace {

bool IsFinite(const Box& box) {
    return std::isfinite(box.x1) && std::isfinite(box.y1) && std::isfinite(box.x2) && std::isfinite(box.y2);
}

void Append(DecodedImage& image, const Box& box, float score, int32_t category, const BoxTransform& to) {
    const auto clip = [](double value, double most) { return static_cast<float>(std::min(std::max(value, 0.0), most)); };
    image.boxes.push_back(clip((box.x1 - to.left) / to.gain_x, to.width));
    image.boxes.push_back(clip((box.y1 - to.top) / to.gain_y, to.height));
    image.boxes.push_back(clip((box.x2 - to.left) / to.gain_x, to.width));
    image.boxes.push_back(clip((box.y2 - to.top) / to.gain_y, to.height));
    image.scores.push_back(score);
    image.classes.push_back(category);
}

// The candidates of one image. A candidate's rank is class * rows + row, so that equal scores keep the order of the
// protocol: classes one after another, rows in the order of the tensor.
class Candidates {
public:
    Candidates(const DecodeRequest& request, size_t rows) : request_(request), rows_(rows) {
        if (rows_ * static_cast<size_t>(request.class_count) > std::numeric_limits<uint32_t>::max()) {
            throw std::invalid_argument("more than 2^32 candidates in one image");
        }
    }

    void Offer(float score, size_t row, size_t category) {
        if (score > request_.score_threshold) {
            keys_.push_back(CandidateKey(score, static_cast<uint32_t>(category * rows_ + row)));
        }
    }

    // `score_of(category)` for every class of a box, or for the best of them.
    template <typename ScoreOf>
    void OfferBox(size_t row, ScoreOf score_of) {
        const auto classes = static_cast<size_t>(request_.class_count);
        if (request_.multi_label) {
            for (size_t c = 0; c < classes; ++c) Offer(score_of(c), row, c);
            return;
        }
        size_t best = 0;
        float best_score = -std::numeric_limits<float>::infinity();
        for (size_t c = 0; c < classes; ++c) {
            const float score = score_of(c);
            if (score > best_score) best_score = score, best = c;
        }
        Offer(best_score, row, best);
    }

    // Goes through the candidates of all classes by falling score, each tested against the kept boxes of its own
    // class. That keeps what NMS class by class and a final cut keep, and stops as soon as the image is full.
    template <typename BoxAt>
    void Suppress(BoxAt box_at, const BoxTransform& transform, DecodedImage& image) {
        std::sort(keys_.begin(), keys_.end());
        std::vector<KeptBoxes> kept(static_cast<size_t>(request_.class_count));
        const auto most = static_cast<size_t>(request_.max_detections);
        for (const uint64_t key : keys_) {
            if (image.scores.size() >= most) break;
            const size_t row = CandidateRank(key) % rows_;
            const size_t category = CandidateRank(key) / rows_;
            const float score = CandidateScore(key);
            const Box box = box_at(row);
            if (!IsFinite(box) || !std::isfinite(score)) continue;  // counted in non_finite
            if (kept[category].Overlaps(box, request_.iou_threshold)) continue;
            kept[category].Add(box);
            Append(image, box, score, static_cast<int32_t>(category), transform);
        }
    }

private:
    const DecodeRequest& request_;
    size_t rows_;
    std::vector<uint64_t> keys_;
};

void DecodeYolov5(const DecodeRequest& request, size_t b, DecodedImage& image) {
    const OutputTensor& output = request.outputs[0];
    const auto rows = static_cast<size_t>(output.dims[1]);
    const auto columns = static_cast<size_t>(output.dims[2]);
    const float* data = output.data + b * rows * columns;
    image.non_finite[0] = CountNonFinite(data, rows * columns);
    Candidates candidates(request, rows);
    for (size_t r = 0; r < rows; ++r) {
        const float* row = data + r * columns;
        candidates.OfferBox(r, [row](size_t c) { return row[4] * row[5 + c]; });
    }
    candidates.Suppress(
        [data, columns](size_t r) {
            const float* row = data + r * columns;
            return FromCentre(row[0], row[1], row[2], row[3]);
        },
        request.images[b], image);
}

void DecodeYolov8(const DecodeRequest& request, size_t b, DecodedImage& image) {
    const OutputTensor& output = request.outputs[0];
    const auto channels = static_cast<size_t>(output.dims[1]);
    const auto rows = static_cast<size_t>(output.dims[2]);
    const float* data = output.data + b * channels * rows;
    image.non_finite[0] = CountNonFinite(data, channels * rows);
    Candidates candidates(request, rows);
    if (request.multi_label) {
        // Class by class, along the memory; the order of offering does not matter.
        for (size_t c = 0; c + 4 < channels; ++c) {
            const float* scores = data + (4 + c) * rows;
            for (size_t r = 0; r < rows; ++r) candidates.Offer(scores[r], r, c);
        }
    } else {
        for (size_t r = 0; r < rows; ++r) {
            candidates.OfferBox(r, [data, rows, r](size_t c) { return data[(4 + c) * rows + r]; });
        }
    }
    candidates.Suppress(
        [data, rows](size_t r) { return FromCentre(data[r], data[rows + r], data[2 * rows + r], data[3 * rows + r]); },
        request.images[b], image);
}

void DecodeYolov5Raw(const DecodeRequest& request, size_t b, DecodedImage& image) {
    const std::vector<RawHead> heads = RawHeads(request.outputs, 5 + request.class_count, b, image.non_finite);
    size_t rows = 0;
    for (const RawHead& head : heads) rows += head.anchors * head.cells;
    Candidates candidates(request, rows);
    for (const RawHead& head : heads) {
        for (size_t anchor = 0; anchor < head.anchors; ++anchor) {
            for (size_t cell = 0; cell < head.cells; ++cell) {
                const float* value = head.At(anchor, cell);
                const float objectness = Sigmoid(value[4 * head.channel_step]);
                // No class score exceeds 1.
                if (!(objectness > request.score_threshold) || !RawValuesAreFinite(head, value)) continue;
                candidates.OfferBox(head.first_row + anchor * head.cells + cell, [&](size_t c) {
                    const float raw = value[(5 + c) * head.channel_step];
                    return std::isfinite(raw) ? objectness * Sigmoid(raw) : 0.0f;
                });
            }
        }
    }
    candidates.Suppress(
        [&heads](size_t row) {
            size_t i = heads.size() - 1;
            while (row < heads[i].first_row) --i;
            return RawBox(heads[i], row);
        },
        request.images[b], image);
}

// Rows that are detections already: the threshold and the best of an image. `index` lists the image's rows.
void KeepBestRows(const DecodeRequest& request, const float* data, size_t columns, size_t box_column,
                  size_t score_column, size_t class_column, const std::vector<uint32_t>& index,
                  const BoxTransform& transform, DecodedImage& image, int64_t& invalid_rows) {
    std::vector<uint64_t> keys;
    for (const uint32_t r : index) {
        const float* row = data + r * columns;
        const float category = row[class_column];
        if (!(row[score_column] > request.score_threshold) || !std::isfinite(row[score_column])) continue;
        if (!std::isfinite(category)) continue;  // counted in non_finite
        const double most = request.class_count > 0 ? static_cast<double>(request.class_count) : 2147483648.0;
        if (category <= -1 || category >= most) {
            ++invalid_rows;
            continue;
        }
        keys.push_back(CandidateKey(row[score_column], r));
    }
    std::sort(keys.begin(), keys.end());
    for (const uint64_t key : keys) {
        if (image.scores.size() >= static_cast<size_t>(request.max_detections)) break;
        const float* row = data + CandidateRank(key) * columns;
        const Box box{row[box_column], row[box_column + 1], row[box_column + 2], row[box_column + 3]};
        if (!IsFinite(box)) continue;
        Append(image, box, row[score_column], static_cast<int32_t>(row[class_column]), transform);
    }
}

void DecodeEndToEnd(const DecodeRequest& request, DecodedBatch& batch) {
    const OutputTensor& output = request.outputs[0];
    const auto rows = static_cast<size_t>(output.dims[1]);
    std::vector<uint32_t> index(rows);
    for (size_t r = 0; r < rows; ++r) index[r] = static_cast<uint32_t>(r);
    for (size_t b = 0; b < request.images.size(); ++b) {
        const float* data = output.data + b * rows * 6;
        batch.images[b].non_finite[0] = CountNonFinite(data, rows * 6);
        KeepBestRows(request, data, 6, 0, 4, 5, index, request.images[b], batch.images[b], batch.invalid_rows);
    }
}

void DecodeNmsRows(const DecodeRequest& request, DecodedBatch& batch) {
    const OutputTensor& output = request.outputs[0];
    const auto rows = static_cast<size_t>(output.dims[0]);
    std::vector<std::vector<uint32_t>> index(request.images.size());
    for (size_t r = 0; r < rows; ++r) {
        const float* row = output.data + r * 7;
        // A row whose image is unreadable is reported with the first one.
        const double at = std::isfinite(row[0]) ? row[0] : 0;
        if (at <= -1 || at >= static_cast<double>(request.images.size())) {
            batch.invalid_rows += row[6] > request.score_threshold;
            continue;
        }
        const auto b = static_cast<size_t>(at);
        batch.images[b].non_finite[0] += CountNonFinite(row, 7);
        if (std::isfinite(row[0])) index[b].push_back(static_cast<uint32_t>(r));
    }
    for (size_t b = 0; b < request.images.size(); ++b) {
        KeepBestRows(request, output.data, 7, 1, 6, 5, index[b], request.images[b], batch.images[b],
                     batch.invalid_rows);
    }
}

void Require(bool condition, const char* what) {
    if (!condition) throw std::invalid_argument(std::string("decode: ") + what);
}

void CheckShapes(const DecodeRequest& request) {
    const auto images = static_cast<int64_t>(request.images.size());
    Require(!request.outputs.empty(), "no output tensor");
    Require(request.score_threshold >= 0, "the score threshold is negative or NaN");
    Require(request.max_detections >= 0, "the number of detections is negative");
    Require(request.class_count >= 0 && request.class_count < (1 << 20), "the class count is out of range");
    const std::vector<int64_t>& dims = request.outputs[0].dims;
    for (const OutputTensor& output : request.outputs) {
        for (const int64_t size : output.dims) {
            Require(size >= 0 && size <= std::numeric_limits<int32_t>::max(), "a size is out of range");
        }
    }
    switch (request.layout) {
        case DetectionLayout::kYolov5:
            Require(dims.size() == 3 && dims[0] >= images && dims[2] == 5 + request.class_count, "not [B, N, 5+C]");
            return;
        case DetectionLayout::kYolov8:
            Require(dims.size() == 3 && dims[0] >= images && dims[1] == 4 + request.class_count, "not [B, 4+C, N]");
            return;
        case DetectionLayout::kEndToEnd:
            Require(dims.size() == 3 && dims[0] >= images && dims[2] == 6, "not [B, K, 6]");
            return;
        case DetectionLayout::kNmsRows:
            Require(dims.size() == 2 && dims[1] == 7, "not [M, 7]");
            return;
        case DetectionLayout::kYolov5Raw:
            for (const OutputTensor& head : request.outputs) {
                const auto anchors = static_cast<int64_t>(head.anchors.size() / 2);
                const int64_t channels = 5 + request.class_count;
                const bool planes =
                    head.dims.size() == 4 && head.dims[1] == anchors * channels;
                const bool last = head.dims.size() == 5 && head.dims[1] == anchors && head.dims[4] == channels;
                Require((planes || last) && head.dims[0] >= images, "not a raw head");
            }
            return;
    }
    Require(false, "unknown layout");
}

}  // namespace

DecodedBatch DecodeDetections(const DecodeRequest& request) {
    CheckShapes(request);
    DecodedBatch batch;
    batch.images.resize(request.images.size());
    for (DecodedImage& image : batch.images) image.non_finite.assign(request.outputs.size(), 0);
    switch (request.layout) {
        case DetectionLayout::kYolov5:
            for (size_t b = 0; b < batch.images.size(); ++b) DecodeYolov5(request, b, batch.images[b]);
            break;
        case DetectionLayout::kYolov8:
            for (size_t b = 0; b < batch.images.size(); ++b) DecodeYolov8(request, b, batch.images[b]);
            break;
        case DetectionLayout::kYolov5Raw:
            for (size_t b = 0; b < batch.images.size(); ++b) DecodeYolov5Raw(request, b, batch.images[b]);
            break;
        case DetectionLayout::kEndToEnd:
            DecodeEndToEnd(request, batch);
            break;
        case DetectionLayout::kNmsRows:
            DecodeNmsRows(request, batch);
            break;
    }
    return batch;
}

}  // namespace engineroom
