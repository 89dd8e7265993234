#include "security/evidence/export.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include <boost/json/serialize.hpp>

#include "security/evidence/container.hpp"
#include "security/journal/beside.hpp"
#include "security/journal/record_codec.hpp"
#include "security/journal/segment_walk.hpp"
#include "security/trust/x509.hpp"

namespace hutong::security::evidence {

namespace {

using journal::Frame;
using journal::FramePlace;
using journal::FrameType;
using journal::SegmentFile;

using Wanted = std::function<bool(const StoredRecord&)>;

// A segment with the records that are wanted, and the digests of all its frames for the paths.
struct Scanned {
    BundleSegment segment;
    std::vector<Sha256Digest> digests;  // without the seal's
};

Bytes whole(const Frame& frame) {
    return {frame.bytes.data(), frame.bytes.data() + frame.size()};
}

Result<Scanned> scan(const std::vector<SegmentFile>& segments, std::size_t at, const Wanted& wanted) {
    Scanned scanned;
    scanned.segment.number = segments[at].number;
    const auto take = [&](const Frame& frame, const FramePlace& place) -> Result<void> {
        if (frame.type == FrameType::seal) {
            HUTONG_ASSIGN(const journal::Seal seal, journal::decode_seal(frame.body));
            if (seal.version >= 2) scanned.segment.seal = whole(frame);
            return {};
        }
        const std::uint64_t index = scanned.digests.size();
        scanned.digests.push_back(sha256(frame.bytes));
        if (frame.type == FrameType::start) scanned.segment.start = {index, whole(frame), {}};
        if (frame.type != FrameType::record) return {};
        HUTONG_ASSIGN(Record record, journal::decode_record(frame.body));
        StoredRecord stored{
            {place.segment, place.offset, frame.sequence}, frame.stored_chain, std::move(record)};
        if (wanted(stored)) scanned.segment.records.push_back({std::move(stored), {index, whole(frame), {}}});
        return {};
    };
    const auto* next = at + 1 < segments.size() ? &segments[at + 1] : nullptr;
    HUTONG_TRY(journal::walk_segment(segments[at], next, take));
    return scanned;
}

// The root that the records can be led up to, and the paths.
Result<void> prove(const std::filesystem::path& folder, Scanned& scanned) {
    BundleSegment& segment = scanned.segment;
    if (auto line = journal::read_beside(journal::head_path(folder, segment.number))) {
        HUTONG_ASSIGN(segment.head, head_from_line(as_text(*line)));
    }
    if (!segment.seal.empty()) {
        segment.root_of = RootOf::seal;
        segment.size = scanned.digests.size();
        if (auto answer = journal::read_beside(journal::timestamp_path(folder, segment.number)))
            segment.timestamp = std::move(*answer);
    } else if (segment.head) {
        HUTONG_ASSIGN(const HeadStatement statement, head_from_text(segment.head->text));
        const std::uint64_t last = segment.records.back().proof.index;
        if (statement.head.frames > last && statement.head.frames <= scanned.digests.size()) {
            segment.root_of = RootOf::head;
            segment.size = statement.head.frames;
        }
    }
    if (segment.root_of == RootOf::nothing) return {};
    const auto lead = [&](ProvenFrame& proof) {
        proof.path = journal::inclusion_path(scanned.digests, proof.index, segment.size);
    };
    lead(segment.start);
    for (BundleRecord& record : segment.records) lead(record.proof);
    return {};
}

// An incident id begins with its time (ULID): only segments around it are read. Ids of other forms cost a
// walk over everything.
std::optional<TimePoint> time_in(const std::string& exchange) {
    static constexpr std::string_view digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    if (exchange.size() != 26) return std::nullopt;
    std::uint64_t milliseconds = 0;
    for (const char c : exchange.substr(0, 10)) {
        const auto digit = digits.find(static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c));
        if (digit == std::string_view::npos) return std::nullopt;
        milliseconds = milliseconds * 32 + digit;
    }
    return TimePoint(std::chrono::milliseconds(milliseconds));
}

constexpr std::chrono::minutes clock_differences{10};
constexpr std::chrono::hours longest_exchange{24};

// [first, last) of the segments that may hold it.
Result<std::pair<std::size_t, std::size_t>> window(const std::vector<SegmentFile>& segments,
                                                   const std::string& exchange) {
    std::pair<std::size_t, std::size_t> range{0, segments.size()};
    const auto time = time_in(exchange);
    if (!time) return range;
    for (std::size_t i = segments.size(); i-- > 0;) {
        HUTONG_ASSIGN(const auto reader, journal::SegmentReader::open(segments[i]));
        const TimePoint created = journal::from_nanoseconds(reader.start().created);
        if (created > *time + longest_exchange) range.second = i;
        if (created >= *time - clock_differences) continue;
        range.first = i;
        break;
    }
    return range;
}

// Puts a record with its segment where they belong among those found.
void insert(std::vector<Scanned>& found, Scanned&& scanned) {
    const auto number = [](const Scanned& one) { return one.segment.number; };
    const auto at = std::ranges::lower_bound(found, scanned.segment.number, {}, number);
    if (at == found.end() || at->segment.number != scanned.segment.number) {
        found.insert(at, std::move(scanned));
        return;
    }
    auto& records = at->segment.records;
    BundleRecord& record = scanned.segment.records.back();
    const auto place = std::ranges::lower_bound(records, record.proof.index, {},
                                                [](const BundleRecord& one) { return one.proof.index; });
    records.insert(place, std::move(record));
}

// Adds the newest record before `first` that is wanted; segments begun before `since` are not looked at.
Result<void> add_newest(const std::vector<SegmentFile>& segments, std::vector<Scanned>& found,
                        const Position& first, TimePoint since, const Wanted& wanted) {
    const auto before = [&](const StoredRecord& stored) {
        return stored.position.sequence < first.sequence && wanted(stored);
    };
    auto at = static_cast<std::size_t>(std::ranges::find(segments, first.segment, &SegmentFile::number) -
                                       segments.begin());
    for (++at; at-- > 0;) {
        HUTONG_ASSIGN(Scanned scanned, scan(segments, at, before));
        auto& records = scanned.segment.records;
        if (!records.empty()) {
            records.erase(records.begin(), records.end() - 1);
            insert(found, std::move(scanned));
            return {};
        }
        HUTONG_ASSIGN(const auto reader, journal::SegmentReader::open(segments[at]));
        if (journal::from_nanoseconds(reader.start().created) < since) return {};
    }
    return {};
}

bool is_node_record(const StoredRecord& stored, std::string_view outcome) {
    return stored.record.kind == RecordKind::node && stored.record.outcome == outcome;
}

void add_object(const std::filesystem::path& folder, const std::string& digest, const std::string& kind,
                std::map<std::string, Bytes>& to) {
    if (to.contains(digest)) return;
    auto object = journal::read_beside(journal::object_path(folder, digest, kind));
    if (object && to_hex(sha256(ByteView(*object))) == digest) to.emplace(digest, std::move(*object));
}

// The signers whose CA had to say by OCSP that they are good.
std::set<std::string> signers_answered_for(const std::filesystem::path& folder,
                                           const std::vector<Scanned>& found, const TrustStatement& trust) {
    std::map<std::string, Bytes> certificates;
    for (const auto& [ca, grace] : trust.ocsp) add_object(folder, ca, "cer", certificates);
    const auto has_issuer = [&](const X509* certificate) {
        return std::ranges::any_of(certificates, [&](const auto& ca) {
            const auto read = read_certificate(ca.second);
            return read &&
                   X509_NAME_cmp(X509_get_subject_name(read->get()), X509_get_issuer_name(certificate)) == 0;
        });
    };
    std::set<std::string> signers;
    for (const Scanned& scanned : found)
        for (const BundleRecord& one : scanned.segment.records) {
            const Record& record = one.stored.record;
            if (record.kind != RecordKind::request || record.signer.empty()) continue;
            std::map<std::string, Bytes> signer;
            add_object(folder, record.signer, "cer", signer);
            const auto certificate = read_certificate(signer[record.signer]);
            if (certificate && has_issuer(certificate->get())) signers.insert(record.signer);
        }
    return signers;
}

// An answer that had ended before, its grace included, did not count any more.
constexpr std::chrono::hours longest_answer{24 * 62};

// The newest statement of what was believed before the exchange's first record, and what the signers' CAs had
// answered until then.
Result<void> add_trust(const std::filesystem::path& folder, const std::vector<SegmentFile>& segments,
                       std::vector<Scanned>& found) {
    const StoredRecord& begun = found.front().segment.records.front().stored;
    const Position first = begun.position;
    const TimePoint since = begun.record.time - longest_answer;
    HUTONG_TRY(add_newest(segments, found, first, TimePoint::min(),
                          [](const StoredRecord& stored) { return is_node_record(stored, trust_outcome); }));
    const StoredRecord& oldest = found.front().segment.records.front().stored;
    if (!is_node_record(oldest, trust_outcome)) return {};
    const auto trust = trust_from_text(oldest.record.content);
    if (!trust) return {};
    for (const std::string& signer : signers_answered_for(folder, found, *trust))
        HUTONG_TRY(add_newest(segments, found, first, since, [&](const StoredRecord& stored) {
            return is_node_record(stored, answer_outcome) && stored.record.signer == signer;
        }));
    return {};
}

// Certificates that the messages carry, by thumbprint. A search in the text, not a parse: what was recorded
// may be a lone header without its namespace declarations, or a MIME package. Nothing is believed because of
// it.
void find_certificates(const std::string& content, std::map<std::string, Bytes>& found) {
    for (std::size_t at = 0; (at = content.find("BinarySecurityToken", at)) != std::string::npos;) {
        const auto open = content.find('>', at);
        const auto close = open == std::string::npos ? open : content.find('<', open);
        if (close == std::string::npos) break;
        at = close;
        const auto der = from_base64(std::string_view(content).substr(open + 1, close - open - 1));
        if (der && read_certificate(*der)) found.emplace(to_hex(sha256(ByteView(*der))), *der);
    }
}

void add_certificates(const std::filesystem::path& folder, Bundle& bundle) {
    for (const Message& message : messages_of(bundle)) {
        find_certificates(message.content, bundle.certificates);
        if (!message.signer.empty()) add_object(folder, message.signer, "cer", bundle.certificates);
    }
    for (const BundleSegment& segment : bundle.segments)
        if (segment.head)
            for (const Bytes& der : segment.head->certificates)
                bundle.certificates.emplace(to_hex(sha256(ByteView(der))), der);
    if (const auto trust = trust_of(bundle)) {
        for (const std::string& digest : trust->cas) add_object(folder, digest, "cer", bundle.certificates);
        for (const std::string& digest : trust->crls) add_object(folder, digest, "crl", bundle.crls);
    }
}

// Collects the parts and their digests, so that the manifest names all but itself.
class Parts {
  public:
    void add(std::string name, ByteView content) {
        files_[std::move(name)] = Bytes(content.begin(), content.end());
    }
    void add(std::string name, std::string_view content) { add(std::move(name), as_bytes(content)); }

    Result<std::uint64_t> write(const std::string& exchange, const std::filesystem::path& zip) const {
        boost::json::object digests;
        std::uint64_t total = 0;
        for (const auto& [name, content] : files_) {
            digests[name] = to_hex(sha256(ByteView(content)));
            total += content.size();
        }
        const boost::json::object manifest{
            {"format", bundle_format}, {"exchange", exchange}, {"files", std::move(digests)}};
        HUTONG_ASSIGN(ContainerWriter writer, ContainerWriter::create(zip));
        HUTONG_TRY(writer.add("manifest.json", as_bytes(boost::json::serialize(manifest))));
        for (const auto& [name, content] : files_) HUTONG_TRY(writer.add(name, content));
        HUTONG_TRY(writer.finish());
        return total;
    }

  private:
    std::map<std::string, Bytes> files_;
};

}  // namespace

Result<Bundle> collect(const std::filesystem::path& folder, const std::string& exchange) {
    HUTONG_ASSIGN(const auto segments, journal::list_segments(folder));
    HUTONG_ASSIGN(const auto range, window(segments, exchange));
    std::vector<Scanned> found;
    for (std::size_t at = range.first; at < range.second; ++at) {
        HUTONG_ASSIGN(Scanned scanned, scan(segments, at, [&](const StoredRecord& stored) {
                          return stored.record.exchange == exchange;
                      }));
        if (!scanned.segment.records.empty()) found.push_back(std::move(scanned));
    }
    if (found.empty())
        return not_found("no record of exchange " + exchange + " in " + folder.string() +
                         "; is it another node's? `hutong journal list` shows what is here");
    HUTONG_TRY(add_trust(folder, segments, found));
    Bundle bundle;
    bundle.exchange = exchange;
    for (Scanned& scanned : found) {
        HUTONG_TRY(prove(folder, scanned));
        bundle.segments.push_back(std::move(scanned.segment));
    }
    add_certificates(folder, bundle);
    return bundle;
}

Result<std::uint64_t> write_zip(const Bundle& bundle, const std::filesystem::path& zip) {
    Parts parts;
    parts.add("README.txt", readme(bundle));
    parts.add("proofs.json", boost::json::serialize(proofs_json(bundle)));
    parts.add("records.json", boost::json::serialize(records_json(bundle)));
    for (const BundleSegment& segment : bundle.segments) {
        parts.add(start_name(segment.number), segment.start.frame);
        if (!segment.seal.empty()) parts.add(seal_name(segment.number), segment.seal);
        if (!segment.timestamp.empty()) parts.add(timestamp_name(segment.number), segment.timestamp);
        if (segment.head) {
            parts.add(head_name(segment.number), segment.head->text);
            parts.add(head_signature_name(segment.number), segment.head->signature);
        }
        for (const BundleRecord& record : segment.records)
            parts.add(frame_name(record.stored.position.sequence), record.proof.frame);
    }
    for (const Message& message : messages_of(bundle))
        if (!message.content.empty()) parts.add(message_name(message), message.content);
    for (const auto& [thumbprint, der] : bundle.certificates)
        parts.add(certificate_name(thumbprint), to_pem(der));
    for (const auto& [digest, der] : bundle.crls) parts.add(crl_name(digest), der);
    for (const auto& [thumbprint, der] : answers_of(bundle)) parts.add(answer_name(thumbprint), der);
    return parts.write(bundle.exchange, zip);
}

}  // namespace hutong::security::evidence
