#include "security/journal/record_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace hutong::security {

namespace {

// JSON is UTF-8; what a caller sent may be anything. Boost.JSON's parser is the judge of what is UTF-8.
boost::json::string readable(const std::string& text) {
    boost::json::string value(text);
    boost::system::error_code error;
    boost::json::parse(boost::json::serialize(value), error);
    if (error) return boost::json::string("hex:" + to_hex(as_bytes(text)));
    return value;
}

}  // namespace

boost::json::object to_json(const StoredRecord& stored) {
    const Record& record = stored.record;
    boost::json::object json;
    json["segment"] = stored.position.segment;
    json["offset"] = stored.position.offset;
    json["sequence"] = stored.position.sequence;
    json["chain"] = to_hex(stored.chain);
    json["kind"] = to_string(record.kind);
    json["exchange"] = readable(record.exchange);
    json["time"] = format_utc(record.time);
    json["consumer"] = readable(record.consumer);
    json["service"] = readable(record.service);
    json["operation"] = readable(record.operation);
    json["signer"] = readable(record.signer);
    json["message_id"] = readable(record.message_id);
    json["replay_key"] = readable(record.replay_key);
    json["outcome"] = readable(record.outcome);
    json["reason"] = readable(record.reason);
    json["remote"] = readable(record.remote);
    json["message_bytes"] = record.message_bytes;
    json["message_sha256"] = to_hex(record.message_digest);
    json["content_bytes"] = record.content.size();
    return json;
}

}  // namespace hutong::security
