#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>

#include "security/journal/bundle.hpp"
#include "security/journal/record_codec.hpp"
#include "security/journal/zip.hpp"

namespace hutong::security {

namespace {

using namespace journal;

constexpr std::size_t longest_json = 64u << 20;
constexpr std::size_t longest_digests = 256u << 20;
constexpr std::size_t longest_message = 1u << 30;

Error corrupt(std::string detail) {
    return {ErrorCode::corrupt, std::move(detail)};
}

Result<boost::json::value> read_json(const ZipReader& zip, const std::string& name) {
    HUTONG_ASSIGN(const Bytes text, zip.read(name, longest_json));
    boost::system::error_code error;
    auto value = boost::json::parse(as_text(text), error);
    if (error) return corrupt(name + ": not JSON: " + error.message());
    return value;
}

// Reads one segment's part and computes its chain again; a record counts only at its own place in it.
class SegmentCheck {
  public:
    SegmentCheck(const ZipReader& zip, const std::string& exchange) : zip_(zip), exchange_(exchange) {}

    Result<BundleSegment> check(const boost::json::object& manifest) {
        BundleSegment segment;
        segment.number = boost::json::value_to<std::uint64_t>(manifest.at("number"));
        HUTONG_TRY(read_chain(segment));
        if (to_hex(segment.head) != manifest.at("head").as_string())
            return corrupt("segment " + std::to_string(segment.number) +
                           ": the head does not fit the digests");
        for (const auto& entry : manifest.at("records").as_array())
            HUTONG_TRY(read_record(segment, entry.as_object()));
        return segment;
    }

  private:
    Result<void> read_chain(BundleSegment& segment) {
        HUTONG_ASSIGN(segment.start_frame, zip_.read(start_name(segment.number), max_body_bytes));
        HUTONG_ASSIGN(segment.digests, zip_.read(digests_name(segment.number), longest_digests));
        const auto damaged = [&](const char* why) {
            return corrupt(start_name(segment.number) + ": " + why);
        };
        Frame frame;
        std::string why;
        if (parse_frame(segment.start_frame, 0, frame, why) != Parsed::whole ||
            frame.type != FrameType::start)
            return damaged("not a start frame");
        HUTONG_ASSIGN(const Start start, decode_start(frame.body));
        if (start.segment != segment.number) return damaged("it belongs to another segment");
        salt_ = start.salt;
        if (segment.digests.size() < chain_bytes || segment.digests.size() % chain_bytes != 0 ||
            digest_at(segment, 0) != sha256(frame.bytes))
            return damaged("it does not fit the digests");
        chain_.assign(1, extend_chain(start.previous_head, digest_at(segment, 0)));
        if (chain_[0] != frame.stored_chain) return damaged("chain value does not fit");
        for (std::size_t i = 1; i < segment.digests.size() / chain_bytes; ++i)
            chain_.push_back(extend_chain(chain_.back(), digest_at(segment, i)));
        segment.head = chain_.back();
        return {};
    }

    Result<void> read_record(BundleSegment& segment, const boost::json::object& entry) {
        BundleRecord record;
        record.index = boost::json::value_to<std::size_t>(entry.at("index"));
        const auto sequence = boost::json::value_to<std::uint64_t>(entry.at("sequence"));
        const auto offset = boost::json::value_to<std::uint64_t>(entry.at("offset"));
        HUTONG_ASSIGN(record.frame, zip_.read(frame_name(sequence), max_body_bytes + frame_overhead));
        const auto damaged = [&](std::string_view why) {
            return corrupt("segment " + std::to_string(segment.number) + ", record " +
                           std::to_string(sequence) + " at offset " + std::to_string(offset) + ": " +
                           std::string(why));
        };
        Frame frame;
        std::string why = "incomplete";
        if (parse_frame(record.frame, salt_, frame, why) != Parsed::whole) return damaged(why);
        if (frame.type != FrameType::record || frame.sequence != sequence)
            return damaged("another frame is in its place");
        if (record.index >= chain_.size() || digest_at(segment, record.index) != sha256(frame.bytes) ||
            chain_[record.index] != frame.stored_chain)
            return damaged("chain value does not fit");
        auto decoded = decode_record(frame.body);
        if (!decoded) return damaged(decoded.error().detail);
        if (decoded->exchange != exchange_) return damaged("it belongs to exchange " + decoded->exchange);
        record.stored = {{segment.number, offset, sequence}, frame.stored_chain, std::move(*decoded)};
        segment.records.push_back(std::move(record));
        return {};
    }

    static Sha256Digest digest_at(const BundleSegment& segment, std::size_t index) {
        Sha256Digest digest;
        std::copy_n(segment.digests.begin() + static_cast<std::ptrdiff_t>(index * chain_bytes), chain_bytes,
                    digest.begin());
        return digest;
    }

    const ZipReader& zip_;
    const std::string exchange_;
    std::uint32_t salt_{0};
    std::vector<Sha256Digest> chain_;
};

// The convenient parts must say the same as the frames they were made from.
Result<void> check_copies(const ZipReader& zip, const std::vector<BundleSegment>& segments) {
    HUTONG_ASSIGN(const auto json, read_json(zip, "records.json"));
    if (json != boost::json::value(records_json(segments)))
        return corrupt("records.json: it does not say what the records' frames say");
    for (const auto& message : messages_of(segments)) {
        HUTONG_ASSIGN(const Bytes copy, zip.read(message_name(message), longest_message));
        if (as_text(copy) != message.content)
            return corrupt(message_name(message) + ": it is not what the records' frames hold");
        if (message.content.size() == message.message_bytes &&
            sha256(message.content) != message.message_digest)
            return corrupt(message_name(message) + ": it is not the message whose digest was recorded");
    }
    return {};
}

Result<VerifyReport> check_bundle(const ZipReader& zip) {
    HUTONG_ASSIGN(const auto json, read_json(zip, "manifest.json"));
    const auto& manifest = json.as_object();
    if (manifest.at("format").as_int64() != 1)
        return corrupt("manifest.json: this program knows format 1 of exports only");
    SegmentCheck check(zip, std::string(manifest.at("exchange").as_string()));
    std::vector<BundleSegment> segments;
    VerifyReport report;
    for (const auto& entry : manifest.at("segments").as_array()) {
        HUTONG_ASSIGN(BundleSegment segment, check.check(entry.as_object()));
        report.records += segment.records.size();
        report.head = segment.head;
        segments.push_back(std::move(segment));
    }
    report.segments = segments.size();
    if (report.records == 0) return corrupt("manifest.json: it names no record");
    HUTONG_TRY(check_copies(zip, segments));
    report.intact = true;
    return report;
}

}  // namespace

Result<VerifyReport> verify_export(const std::filesystem::path& file) {
    const auto checked = [&]() -> Result<VerifyReport> {
        try {
            HUTONG_ASSIGN(const ZipReader zip, ZipReader::open(file));
            return check_bundle(zip);
        } catch (const std::exception& error) {  // Boost.JSON's word for a missing field or another type
            return corrupt(std::string("manifest.json: a field is missing or of the wrong type: ") +
                           error.what());
        }
    }();
    if (checked || checked.error().code != ErrorCode::corrupt) return checked;
    VerifyReport report;
    report.first_fault = checked.error().detail;
    return report;
}

}  // namespace hutong::security
