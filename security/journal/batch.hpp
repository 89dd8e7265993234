// Encoded records that wait for the disk, with those who wait for them.
//
// A plain buffer that grows once and is used again. Not thread-safe: the journal's mutex guards it.
#pragma once

#include "security/journal/frame.hpp"
#include "security/journal/journal.hpp"
#include "security/journal/record_codec.hpp"

namespace hutong::security::journal {

struct Batch {
    Bytes frames;  // not stamped yet
    std::vector<std::size_t> lengths;
    std::vector<Journal::Durable> waiting;  // as many as lengths

    void add(const Record& record, Journal::Durable durable) {
        const auto begin = begin_frame(frames, FrameType::record);
        encode(record, frames);
        end_frame(frames, begin);
        lengths.push_back(frames.size() - begin);
        waiting.push_back(std::move(durable));
    }
    bool empty() const { return lengths.empty(); }
    void clear() {
        static constexpr std::size_t worth_keeping = 8u << 20;
        if (frames.capacity() > worth_keeping) frames = {};
        frames.clear();
        lengths.clear();
        waiting.clear();
    }
};

}  // namespace hutong::security::journal
