#include "tests/unit/inbound/reader_fixture.hpp"

#include "security/xmldsig/names.hpp"

namespace hutong::security {

bool ReaderFixture::Record::at_header(const soap::Layout& layout, const Claims* claims) {
    events += "header " + std::to_string(layout.blocks.size()) +
              (claims == nullptr     ? ""
               : claims->body_signed ? " signed"
                                     : " claims") +
              "\n";
    return stop_at != "header";
}

bool ReaderFixture::Record::at_operation(const soap::Layout& layout) {
    events += "operation " + layout.operation.text() + "\n";
    return stop_at != "operation";
}

const xml::SchemaSet* ReaderFixture::Record::schemas() {
    events += "schemas\n";
    return schema_set;
}

std::vector<AttachmentInfo> ReaderFixture::Parts::parts() const {
    std::vector<AttachmentInfo> result;
    for (const auto& [info, content] : all) result.push_back(info);
    return result;
}

Result<void> ReaderFixture::Parts::read(std::string_view content_id, const Sink& sink) const {
    for (const auto& [info, content] : all) {
        if (info.content_id != content_id) continue;
        for (std::size_t at = 0; at < content.size(); at += 5) sink(std::string_view(content).substr(at, 5));
        return {};
    }
    return not_found("no part " + std::string(content_id));
}

std::string ReaderFixture::Outcome::text() const {
    if (error) return error->detail;
    if (reading == Reading::outside_profile) return "outside";
    if (verdict && verdict->has_error()) return verdict->error().reason;
    if (reading == Reading::stopped) return "stopped";
    return "accepted";
}

std::string ReaderFixture::signed_by(const test::WssTemplate& message, const test::Identity& identity) {
    test::ForeignSigner signer;
    signer.add("message", message.text(), identity.key_pem());
    signer.run();
    return signer.signed_message("message");
}

std::string ReaderFixture::golden(const std::string& name) {
    return test::read_file(HUTONG_SOURCE_DIR "/tests/unit/xmldsig/golden/" + name);
}

std::string ReaderFixture::replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    CPPUNIT_ASSERT_MESSAGE(from, at != std::string::npos);
    return text.replace(at, from.size(), to);
}

std::string ReaderFixture::include(const std::string& href) {
    return "<xop:Include xmlns:xop=\"" + std::string(names::xop) + "\" href=\"" + href + "\"/>";
}

ReaderFixture::Outcome ReaderFixture::read(const std::string& text, Which which,
                                           std::vector<std::size_t> cuts) {
    record.events.clear();
    const ReaderInput input{&policy, now, &record, attachments};
    const auto reader = which == Which::streaming ? make_streaming_reader(options, limits, input)
                                                  : make_tree_reader(options, limits, input);
    Outcome outcome;
    const auto note = [&](const Result<Reading>& reading) {
        if (reading.has_error())
            outcome.error = reading.error();
        else
            outcome.reading = *reading;
        return reading.has_value() && *reading == Reading::more;
    };
    cuts.push_back(text.size());
    std::size_t at = 0;
    bool more = true;
    for (const std::size_t cut : cuts) {
        if (!(more = note(reader->feed(std::string_view(text).substr(at, cut - at))))) break;
        at = cut;
    }
    if (more) note(reader->finish());
    outcome.layout = reader->layout();
    outcome.events = record.events;
    if (outcome.error || outcome.reading == Reading::outside_profile) return outcome;
    if (policy.asks_for_signature()) outcome.verdict = reader->verdict();
    if (const auto validity = reader->validity(); validity.has_error()) outcome.invalid = validity.error();
    return outcome;
}

ReaderFixture::Outcome ReaderFixture::read_twice(const std::string& text) {
    const Outcome tree = read(text, Which::tree);
    const Outcome streaming = read(text);
    if (streaming.reading == Reading::outside_profile) return tree;
    CPPUNIT_ASSERT_EQUAL(tree.text(), streaming.text());
    if (streaming.text() == "accepted") {
        CPPUNIT_ASSERT_EQUAL(tree.events, streaming.events);
        CPPUNIT_ASSERT_EQUAL(tree.invalid.has_value(), streaming.invalid.has_value());
    }
    return streaming;
}

}  // namespace hutong::security
