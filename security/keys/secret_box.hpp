// Secrets that the database may hold but not show: sealed under a key that every node has in its home folder.
//
// AES-256-GCM (NIST SP 800-38D), bound to what the secret belongs to, so that one row's secret cannot be put
// into another's. The key is HOME/keys/passwords.key, 32 random bytes, mode 0600; docs/decisions tells why it
// is a file that the operator carries to further nodes. Immutable once made, safe from any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/home.hpp"
#include "base/result.hpp"

namespace hutong::security {

class SecretBox {
  public:
    static std::filesystem::path file_of(const Home& home);

    // Errors: not_found, when this node has no key (yet); corrupt, when the file is none; refused, when
    // others may read it.
    static Result<SecretBox> load(const Home& home);
    // Makes the key, whole and on disk. Error: conflict, when there is one.
    static Result<SecretBox> make(const Home& home);

    Result<Bytes> seal(std::string_view secret, std::string_view belongs_to) const;
    // Errors: not_found, when it was sealed under another node's key; corrupt, when it was changed or
    // belongs elsewhere.
    Result<std::string> open(ByteView sealed, std::string_view belongs_to) const;

  private:
    explicit SecretBox(Bytes key) : key_(std::move(key)) {}
    Bytes key_;
};

}  // namespace hutong::security
