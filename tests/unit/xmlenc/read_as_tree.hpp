// Reads a whole message with the reader that makes a tree, as the gateway does with encrypted ones.
#pragma once

#include <optional>
#include <string>

#include "security/inbound/message_reader.hpp"
#include "security/xmlenc/decryption_key.hpp"

namespace hutong::test {

struct TreeReading {
    security::Verdict verdict;
    std::optional<std::string> plaintext;
    bool has_error() const { return verdict.has_error(); }
    bool has_value() const { return verdict.has_value(); }
    security::Rejection error() const { return verdict.error(); }
    const security::Claims* operator->() const { return &*verdict; }
};

struct TreeReadingOptions {
    security::MessagePolicy policy;
    config::Security security{};
    security::DecryptionKeys keys{};
    bool believed{true};  // what at_header() answers
    security::TokenContext tokens{};
};

// A text that is no envelope reads as not verified.
TreeReading read_as_tree(const std::string& text, const TreeReadingOptions& options);

}  // namespace hutong::test
