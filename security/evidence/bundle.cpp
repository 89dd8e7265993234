#include "security/evidence/bundle.hpp"

#include <algorithm>

#include "security/journal/record_json.hpp"
#include "security/journal/segment_reader.hpp"

namespace hutong::security::evidence {

namespace {

std::string of_segment(const char* folder, std::uint64_t segment, const char* extension) {
    return journal::segment_path(folder, segment).replace_extension(extension).string();
}

boost::json::object proof_json(std::string name, const BundleSegment& segment, const ProvenFrame& proof) {
    boost::json::array path;
    for (const Sha256Digest& hash : proof.path) path.emplace_back(to_hex(hash));
    return {{"frame", std::move(name)}, {"segment", segment.number},          {"index", proof.index},
            {"size", segment.size},     {"root", to_string(segment.root_of)}, {"path", std::move(path)}};
}

}  // namespace

std::string_view to_string(RootOf root) {
    switch (root) {
        case RootOf::seal:
            return "seal";
        case RootOf::head:
            return "head";
        case RootOf::nothing:
            return "nothing";
    }
    return "nothing";
}

std::string start_name(std::uint64_t segment) {
    return of_segment("segments", segment, ".start");
}
std::string seal_name(std::uint64_t segment) {
    return of_segment("segments", segment, ".seal");
}
std::string timestamp_name(std::uint64_t segment) {
    return of_segment("segments", segment, ".tsr");
}
std::string head_name(std::uint64_t segment) {
    return of_segment("heads", segment, ".head");
}
std::string head_signature_name(std::uint64_t segment) {
    return of_segment("heads", segment, ".sig");
}
std::string frame_name(std::uint64_t sequence) {
    return "records/" + std::to_string(sequence) + ".frame";
}
std::string message_name(const Message& message) {
    return "messages/" + std::to_string(message.sequence) + "-" + std::string(to_string(message.kind));
}
std::string certificate_name(const std::string& thumbprint) {
    return "certificates/" + thumbprint + ".pem";
}
std::string crl_name(const std::string& digest) {
    return "crls/" + digest + ".crl";
}
std::string answer_name(const std::string& thumbprint) {
    return "ocsp/" + thumbprint + ".ocsp";
}

// At the level `full` the pieces come before the record that ends them, and each says what it is a piece of.
std::vector<Message> messages_of(const Bundle& bundle) {
    std::vector<Message> messages;
    std::map<std::string, std::string> pieces;
    for (const BundleSegment& segment : bundle.segments)
        for (const BundleRecord& one : segment.records) {
            const Record& record = one.stored.record;
            if (record.exchange != bundle.exchange) continue;
            if (record.kind == RecordKind::content) {
                pieces[record.outcome] += record.content;
                continue;
            }
            std::string content = std::move(pieces[std::string(to_string(record.kind))]);
            pieces.erase(std::string(to_string(record.kind)));
            messages.push_back({one.stored.position.sequence, record.kind, record.time, record.signer,
                                record.message_bytes, record.message_digest, content + record.content});
        }
    return messages;
}

std::optional<TrustStatement> trust_of(const Bundle& bundle) {
    for (const BundleSegment& segment : bundle.segments)
        for (const BundleRecord& one : segment.records)
            if (one.stored.record.kind == RecordKind::node && one.stored.record.outcome == trust_outcome)
                if (auto statement = trust_from_text(one.stored.record.content)) return *std::move(statement);
    return std::nullopt;
}

std::map<std::string, Bytes> answers_of(const Bundle& bundle) {
    std::map<std::string, Bytes> answers;
    for (const BundleSegment& segment : bundle.segments)
        for (const BundleRecord& one : segment.records) {
            const Record& record = one.stored.record;
            if (record.kind == RecordKind::node && record.outcome == answer_outcome)
                answers[record.signer] = Bytes(record.content.begin(), record.content.end());
        }
    return answers;
}

std::optional<TimePoint> time_of(const Bundle& bundle) {
    std::optional<TimePoint> time;
    for (const Message& message : messages_of(bundle))
        time = std::min(time.value_or(message.time), message.time);
    return time;
}

boost::json::array proofs_json(const Bundle& bundle) {
    boost::json::array proofs;
    for (const BundleSegment& segment : bundle.segments) {
        proofs.push_back(proof_json(start_name(segment.number), segment, segment.start));
        for (const BundleRecord& record : segment.records)
            proofs.push_back(proof_json(frame_name(record.stored.position.sequence), segment, record.proof));
    }
    return proofs;
}

boost::json::array records_json(const Bundle& bundle) {
    boost::json::array records;
    for (const BundleSegment& segment : bundle.segments)
        for (const BundleRecord& record : segment.records) {
            boost::json::object json = to_json(record.stored);
            json.erase("offset");  // means nothing outside of the node's own files
            records.push_back(std::move(json));
        }
    return records;
}

std::string to_pem(const Bytes& der) {
    const std::string base64 = to_base64(der);
    std::string pem = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + "\n";
    return pem + "-----END CERTIFICATE-----\n";
}

}  // namespace hutong::security::evidence
