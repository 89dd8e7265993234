// A digest of the algorithm table over octets that arrive in pieces.
//
// XML Signature 1.1 section 6.2. One thread at a time; finish() may be called once.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "security/xmldsig/canonical_writer.hpp"

struct evp_md_ctx_st;

namespace hutong::security {

class Digest final : public OctetSink {
  public:
    explicit Digest(const DigestAlgorithm& algorithm);
    void write(std::string_view octets) override;
    Bytes finish();

  private:
    struct ContextDeleter {
        void operator()(evp_md_ctx_st* context) const;
    };
    std::unique_ptr<evp_md_ctx_st, ContextDeleter> context_;
    std::size_t bytes_;
};

}  // namespace hutong::security
