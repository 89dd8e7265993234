// Content codings: gzip and deflate, in pieces and with limits (RFC 9110 section 8.4, RFC 1950 to 1952).
//
// One object per body; not shared between threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/wire_reader.hpp"

namespace hutong::http {

enum class Coding { identity, gzip, deflate };
// Nothing: a coding, or a combination, that is not taken.
std::optional<Coding> coding_of(const Headers& headers);

struct BodyLimits {
    std::uint64_t max_bytes{0};  // of the body as sent, and as inflated
    std::uint64_t max_ratio{0};  // inflated / received beyond 1 MiB; 0: no such limit
};

// On a body's way to where it goes: counted, and inflated if need be.
class BodyCollector final : public BodySink {
  public:
    BodyCollector(BodySink& into, Coding coding, BodyLimits limits);
    ~BodyCollector() override;
    Result<void> take(std::string_view bytes) override;
    Result<void> finish();  // the body has ended: is it whole?
    std::uint64_t received() const { return received_; }

  private:
    struct Inflate;
    Result<void> store(std::string_view bytes);
    Result<void> inflate(std::string_view bytes);
    BodySink& into_;
    BodyLimits limits_;
    std::unique_ptr<Inflate> inflate_;
    std::uint64_t received_{0};
    std::uint64_t stored_{0};
};

class GzipWriter {
  public:
    GzipWriter();
    ~GzipWriter();
    // Appends what is ready to `out`; after `last` the stream is complete.
    void write(std::string_view bytes, bool last, std::string& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// Does Accept-Encoding allow gzip with a weight above zero?
bool accepts_gzip(const Headers& request);

// Is this the kind of content that shrinks?
bool is_compressible(std::string_view content_type);

}  // namespace hutong::http
