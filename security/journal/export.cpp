#include <algorithm>
#include <map>

#include <boost/json/serialize.hpp>
#include <openssl/x509.h>

#include "security/journal/bundle.hpp"
#include "security/journal/record_codec.hpp"
#include "security/journal/segment_walk.hpp"
#include "security/journal/zip.hpp"

namespace hutong::security {

namespace {

using namespace journal;

// Collects what the bundle needs while the journal is walked over.
class Collector {
  public:
    explicit Collector(const std::string& exchange) : exchange_(exchange) {}

    Result<void> take(const Frame& frame, const FramePlace& place) {
        if (frame.type == FrameType::start) begin(frame, place);
        const auto digest = sha256(frame.bytes);
        current_.digests.insert(current_.digests.end(), digest.begin(), digest.end());
        current_.head = frame.stored_chain;
        if (frame.type != FrameType::record) return {};
        HUTONG_ASSIGN(Record record, decode_record(frame.body));
        if (record.exchange != exchange_) return {};
        StoredRecord stored{
            {place.segment, place.offset, frame.sequence}, frame.stored_chain, std::move(record)};
        current_.records.push_back(
            {std::move(stored), current_.digests.size() / digest.size() - 1, whole(frame)});
        return {};
    }

    std::vector<BundleSegment> finish() {
        keep();
        return std::move(segments_);
    }

  private:
    static Bytes whole(const Frame& frame) { return {frame.bytes.data(), frame.bytes.data() + frame.size()}; }
    void keep() {
        if (!current_.records.empty()) segments_.push_back(std::move(current_));
        current_ = {};
    }
    void begin(const Frame& frame, const FramePlace& place) {
        keep();
        current_.number = place.segment;
        current_.start_frame = whole(frame);
    }

    const std::string exchange_;
    BundleSegment current_;
    std::vector<BundleSegment> segments_;
};

// Certificates that the messages carry, by thumbprint. A search in the text, not a parse: what was recorded
// may be a lone header without its namespace declarations, or a MIME package. Nothing is believed because of
// it.
std::map<std::string, Bytes> certificates_in(const std::string& content) {
    std::map<std::string, Bytes> found;
    for (std::size_t at = 0; (at = content.find("BinarySecurityToken", at)) != std::string::npos;) {
        const auto open = content.find('>', at);
        const auto close = open == std::string::npos ? open : content.find('<', open);
        if (close == std::string::npos) break;
        at = close;
        const auto der = from_base64(std::string_view(content).substr(open + 1, close - open - 1));
        if (!der || der->empty()) continue;
        const unsigned char* bytes = der->data();
        X509* certificate = d2i_X509(nullptr, &bytes, static_cast<long>(der->size()));
        if (certificate) found.emplace(to_hex(sha256(ByteView(*der))), *der);
        X509_free(certificate);
    }
    return found;
}

std::string to_pem(const Bytes& der) {
    const std::string base64 = to_base64(der);
    std::string pem = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + "\n";
    return pem + "-----END CERTIFICATE-----\n";
}

boost::json::object manifest(const std::string& exchange, const std::vector<BundleSegment>& segments) {
    boost::json::array list;
    for (const auto& segment : segments) {
        boost::json::array records;
        for (const auto& record : segment.records)
            records.push_back({{"sequence", record.stored.position.sequence},
                               {"offset", record.stored.position.offset},
                               {"index", record.index}});
        list.push_back(
            {{"number", segment.number}, {"head", to_hex(segment.head)}, {"records", std::move(records)}});
    }
    return {{"format", 1}, {"exchange", exchange}, {"segments", std::move(list)}};
}

}  // namespace

Result<void> export_exchange(const std::filesystem::path& folder, const std::string& exchange,
                             const std::filesystem::path& zip) {
    Collector collector(exchange);
    HUTONG_TRY(walk_journal(folder, std::nullopt, [&](const Frame& frame, const FramePlace& place) {
        return collector.take(frame, place);
    }));
    const auto segments = collector.finish();
    if (segments.empty())
        return not_found("no record of exchange " + exchange + " in " + folder.string() +
                         "; is it another node's? `hutong journal list` shows what is here");

    HUTONG_ASSIGN(ZipWriter writer, ZipWriter::create(zip));
    HUTONG_TRY(writer.add("manifest.json", as_bytes(boost::json::serialize(manifest(exchange, segments)))));
    HUTONG_TRY(writer.add("records.json", as_bytes(boost::json::serialize(records_json(segments)))));
    for (const auto& segment : segments) {
        HUTONG_TRY(writer.add(start_name(segment.number), segment.start_frame));
        HUTONG_TRY(writer.add(digests_name(segment.number), segment.digests));
        for (const auto& record : segment.records)
            HUTONG_TRY(writer.add(frame_name(record.stored.position.sequence), record.frame));
    }
    std::map<std::string, Bytes> certificates;
    for (const auto& message : messages_of(segments)) {
        HUTONG_TRY(writer.add(message_name(message), as_bytes(message.content)));
        certificates.merge(certificates_in(message.content));
    }
    for (const auto& [thumbprint, der] : certificates)
        HUTONG_TRY(writer.add("certificates/" + thumbprint + ".pem", as_bytes(to_pem(der))));
    return writer.finish();
}

}  // namespace hutong::security
