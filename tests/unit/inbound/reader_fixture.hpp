// One signed message read by the streaming reader and by the one that makes a tree: what the reader's tests
// share.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <cppunit/extensions/HelperMacros.h>

#include "base/config/config.hpp"
#include "security/inbound/message_reader.hpp"
#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::security {

class ReaderFixture : public CppUnit::TestFixture {
  protected:
    // What a message was told to be, in one line per event.
    class Record final : public ReadingEvents {
      public:
        std::string events;
        std::string stop_at;  // the event that says no
        const xml::SchemaSet* schema_set{nullptr};

        bool at_header(const soap::Layout& layout, const Claims* claims) override;
        bool at_operation(const soap::Layout& layout) override;
        const xml::SchemaSet* schemas() override;
    };

    class Parts final : public Attachments {
      public:
        std::vector<std::pair<AttachmentInfo, std::string>> all;
        bool packed{true};
        bool xop() const override { return packed; }
        std::vector<AttachmentInfo> parts() const override;
        Result<void> read(std::string_view content_id, const Sink& sink) const override;
    };

    struct Outcome {
        std::optional<Error> error;
        Reading reading{Reading::more};
        std::optional<Verdict> verdict;
        std::optional<Error> invalid;
        soap::Layout layout;
        std::string events;

        std::string text() const;  // "accepted", "outside", "stopped", or why not
    };
    enum class Which { streaming, tree };

    const test::Identity agency{test::signer_recipe("agency")};
    const test::Identity rsa{test::signer_recipe("agency-rsa", "RSA:2048")};
    const config::Security options;
    xml::Limits limits;
    MessagePolicy policy;
    TimePoint now = test::test_time();
    Record record;
    const Attachments* attachments{nullptr};

    static std::string signed_by(const test::WssTemplate& message, const test::Identity& identity);
    static std::string golden(const std::string& name);
    static std::string replaced(std::string text, const std::string& from, const std::string& to);
    static std::string include(const std::string& href);  // an xop:Include

    // Fed in pieces that end at `cuts`.
    Outcome read(const std::string& text, Which which = Which::streaming, std::vector<std::size_t> cuts = {});
    // By both readers, which have to agree.
    Outcome read_twice(const std::string& text);
};

}  // namespace hutong::security
