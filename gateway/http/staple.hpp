// The OCSP answer that goes along in TLS handshakes (RFC 6066 section 8): put here by whoever fetches it,
// taken by the handshakes of every thread.
//
// Thread-safe. An answer that has run out, or is about another certificate than the one shown, is not sent.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>

#include "base/bytes.hpp"
#include "base/clock.hpp"

namespace hutong::http {

class Staple {
  public:
    struct Answer {
        Bytes der;
        Bytes serial;  // of the certificate it is about, as in the certificate
        TimePoint until;
    };

    void put(Answer answer) { answer_.store(std::make_shared<const Answer>(std::move(answer))); }
    std::shared_ptr<const Answer> present() const { return answer_.load(); }  // null: none

    // What to send with the certificate of this serial number; null: nothing.
    std::shared_ptr<const Answer> for_certificate(ByteView serial, TimePoint now) const {
        auto answer = answer_.load();
        const bool fits =
            answer && now < answer->until &&
            std::equal(serial.begin(), serial.end(), answer->serial.begin(), answer->serial.end());
        return fits ? answer : nullptr;
    }

  private:
    std::atomic<std::shared_ptr<const Answer>> answer_;
};

}  // namespace hutong::http
