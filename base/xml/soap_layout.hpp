// Notes where the parts of an envelope lie while a PushParser reads it.
//
// SOAP 1.1 section 4, SOAP 1.2 part 1 section 5. A part of whoever receives the parser's events, who passes
// them on; what is no envelope stops the parser with an error.
#pragma once

#include "base/xml/push_parser.hpp"
#include "base/xml/soap.hpp"

namespace hutong::soap {

class LayoutBuilder {
  public:
    enum class In { envelope, header, body };

    // False: the parser was stopped.
    bool start(const xml::StartTag& tag, xml::PushParser& parser) {
        return tag.depth > 3 || start_part(tag, parser);
    }
    void end(unsigned depth, xml::PushParser& parser) {
        if (depth <= 3) end_part(depth, parser);
    }
    void text(std::string_view text) {
        if (in_ == In::header) header_text(text);
    }
    void instruction(xml::PushParser& parser) const;  // refused inside the Envelope
    // After the last byte. Error: invalid, when there was no Body.
    Result<void> finish() const;

    In in() const { return in_; }  // the part that the parser is in
    const Layout& layout() const { return layout_; }
    Layout take() { return std::move(layout_); }

  private:
    bool start_part(const xml::StartTag& tag, xml::PushParser& parser);
    void end_part(unsigned depth, const xml::PushParser& parser);
    void header_text(std::string_view text);
    bool root(const xml::StartTag& tag, xml::PushParser& parser);
    bool part(const xml::StartTag& tag, xml::PushParser& parser);
    void header_block(const xml::StartTag& tag, const xml::PushParser& parser);

    Layout layout_;
    In in_{In::envelope};
    bool body_seen_{false};
    bool in_block_{false};  // of the Header
    bool ended_{false};
};

}  // namespace hutong::soap
