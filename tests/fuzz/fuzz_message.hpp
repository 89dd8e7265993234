// What the differential target is given: the root part, and the MIME parts that came with it.
//
// As bytes: the root; then for each part a zero byte, its Content-ID and its Content-Type, each with a line
// feed behind it, and its octets. So what has no zero byte is a message without parts. One thread.
#pragma once

#include <string>
#include <string_view>

#include "security/inbound/attachments.hpp"
#include "tests/oracle/stock_verifier.hpp"

namespace hutong::test {

struct FuzzMessage {
    std::string root;
    Parts parts;

    static FuzzMessage of(std::string_view bytes);
    std::string bytes() const;
    bool repeats_content_id() const;
};

// The parts as the readers want them, read in small pieces. They must outlive it.
class PartsInMemory final : public security::Attachments {
  public:
    explicit PartsInMemory(const Parts& parts) : parts_(parts) {}
    std::vector<security::AttachmentInfo> parts() const override;
    bool xop() const override { return true; }  // else every xop:Include would be refused, unread
    Result<void> read(std::string_view content_id, const Sink& sink) const override;
    // As a reader is told of them: null where there are none.
    const security::Attachments* if_any() const { return parts_.empty() ? nullptr : this; }

  private:
    const Parts& parts_;
};

// The message with the digests and the value of each of its signatures made anew, in document order, by the
// key that its method asks for. Only these bytes change; what cannot be signed stays as it is.
void sign_again(FuzzMessage& message);

}  // namespace hutong::test
